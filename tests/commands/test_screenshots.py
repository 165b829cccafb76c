import sys

import pytest
from django.core.management import CommandError, call_command

from bearing_portal.operations.runner.attached import needs_servers
from bearing_portal.operations.screenshots import PAGES


def refusal(*arguments):
    with pytest.raises(CommandError) as refused:
        call_command("screenshots", *arguments)
    return refused.value


def test_without_chromium_it_refuses_with_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    error = refusal("--out", str(tmp_path / "pictures"))
    assert error.returncode == 2
    assert str(error) == "Chromium is missing; install it, or name it in CHROMIUM."
    assert not (tmp_path / "pictures").exists()


def test_without_playwright_it_refuses_with_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    error = refusal()
    assert error.returncode == 2
    assert "requirements/dev.txt" in str(error)


def test_a_browser_that_does_not_start_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))
    assert refusal("--out", str(tmp_path / "pictures")).returncode == 2


def test_an_unknown_page_is_refused():
    assert "invalid choice" in str(refusal("--page", "nothing"))


def test_each_page_is_pictured_in_both_themes():
    for page in PAGES:
        assert {shot.theme for shot in page.shots()} == {"light", "dark"}


def test_no_two_pictures_share_a_file():
    names = [shot.file_name for page in PAGES for shot in page.shots()]
    assert len(names) == len(set(names))


def test_it_leaves_the_servers_of_this_portal_alone(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "bearing_portal.settings.development")
    monkeypatch.delenv("PORTAL_SERVERS_ARE_UP", raising=False)
    assert not needs_servers(["screenshots"])

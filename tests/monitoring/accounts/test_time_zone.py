from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from bearing_portal.frame.templatetags.portal import ago, moment
from monitoring.accounts.time_zone import COOKIE, zone_names, zone_of
from monitoring.models import UserSettings
from tests.factories import make_user

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def person(client, db):
    user = make_user("viewer")
    client.force_login(user)
    return user


def settings_with(time_zone: str) -> dict[str, object]:
    return {"theme": "system", "page_size": 50, "time_zone": time_zone}


def test_a_time_is_written_in_the_zone_and_pointed_at_in_utc():
    with timezone.override("Asia/Tokyo"):
        written = moment(NOON)
    assert ">2026-07-01 21:00<" in written
    assert 'title="2026-07-01 12:00:00 UTC"' in written
    assert 'title="2026-07-01 12:00:00 UTC"' in ago(NOON)


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Land", "../../etc/passwd", "Europe", "x" * 5000, "\0", "Europe/Ber\nlin"]
)
def test_a_name_of_no_zone_is_no_zone(name):
    assert zone_of(name) is None


def test_the_zones_offered_exist():
    assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"} <= set(zone_names())
    assert all(zone_of(name) for name in zone_names())


def test_the_browsers_zone_counts_where_none_is_chosen(client, person):
    client.cookies[COOKIE] = "Pacific%2FKiritimati"
    page = client.get(reverse("profile"))
    assert page.status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"  # the answer's zone ends with it


def test_a_cookie_of_nonsense_shows_utc(client, person):
    client.cookies[COOKIE] = "..%2F..%2Fetc"
    assert client.get(reverse("profile")).status_code == 200


def test_a_chosen_zone_is_kept_and_said_to_the_page(client, person):
    answer = client.post(reverse("settings"), settings_with("Asia/Tokyo"), follow=True)
    assert UserSettings.objects.get(user=person).time_zone == "Asia/Tokyo"
    assert 'data-time-zone="Asia/Tokyo"' in answer.content.decode()


def test_an_unknown_zone_is_refused(client, person):
    page = client.post(reverse("settings"), settings_with("Nowhere/Land")).content.decode()
    assert "Nothing is saved" in page
    assert not UserSettings.objects.filter(user=person).exists()


def test_the_theme_in_the_header_keeps_the_zone(client, person):
    client.post(reverse("settings"), settings_with("Asia/Tokyo"))
    client.post(reverse("settings-theme"), {"theme": "dark"})
    assert UserSettings.objects.get(user=person).time_zone == "Asia/Tokyo"


def test_the_log_is_read_in_the_persons_zone(client, db, tmp_path, settings):
    settings.LOG_DIR = tmp_path
    line = '{"time": "2026-07-01T12:00:00.000+00:00", "level": "INFO", "message": "hello"}'
    (tmp_path / "web.jsonl").write_text(line + "\n")
    client.force_login(make_user("superuser"))
    client.cookies[COOKIE] = "Asia/Tokyo"
    page = client.get(reverse("health-logs")).content.decode()
    assert ">21:00:00</time>" in page

"""The guides of the documentation do what they say: their command lines run, in their order."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.cache import cache

from bearing_portal.operations.groups import groups_seed
from tests.commands.running import called
from tests.factories import make_user

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINE = re.compile(r"^    python manage\.py (.+)$", re.MULTILINE)
# A table that the reader is told to write: its name at the end of a sentence, its lines below.
FILE = re.compile(r"`([\w.]+\.csv)`:\n\n((?:    .+\n)+)")
GUIDES = ("start", "cwru", "runs", "training", "sharing")


def test_each_guide_has_lines_that_are_tried():
    for guide in GUIDES:
        assert LINE.search((DOCS / f"{guide}.md").read_text())


@pytest.fixture
def new_ids(transactional_db):
    """Forget what is cached of those who had these ids before they were counted from 1 again."""
    cache.clear()


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.usefixtures("new_ids")
@pytest.mark.parametrize("guide", GUIDES)
def test_the_lines_of_a_guide_run_in_their_order(guide, tmp_path, monkeypatch):
    make_user("superuser", username="admin")
    groups_seed()
    called("seed", "--sample" if guide in ("start", "training") else "--no-sample")
    text = (DOCS / f"{guide}.md").read_text()
    folder = tmp_path / "reader"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, lines in FILE.findall(text):
        (folder / name).write_text(re.sub(r"^    ", "", lines, flags=re.MULTILINE))
    for line in LINE.findall(text):
        called(*shlex.split(line))

"""What django-plotly-dash promises and breaks must not come into the product's code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("bearing_portal", "datasets", "experiments", "monitoring", "signals")
PYTHON = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
DASHBOARDS = [path for path in PYTHON if "dashboards" in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

FORBIDDEN = {
    "the process-wide context": r"\bdash\.callback_context\b|import callback_context",
    "state in the session": r"\bsession_state\b|request\.session\b",
    "running=": r"\brunning=",
    "on_error=": r"\bon_error=",
    "background=": r"\bbackground=True",
    "outputs in a dict": r"\boutputs?=\{|\binputs?=\{|\bstate=\{",
    "numbers as text": r"\.tolist\(\)",
    "apps in the database": r"\bDashApp\b",
}


def code_of(path):
    """Return a module without docstrings and comments, which may name what is forbidden."""
    text = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"#.*", "", text)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_dashboards_do_without(name):
    found = [path for path in DASHBOARDS if re.search(FORBIDDEN[name], code_of(path))]
    assert DASHBOARDS
    assert found == []


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN)
def test_each_pattern_finds_what_it_forbids(pattern):
    samples = [
        "dash.callback_context",
        "session_state",
        "running=[]",
        "on_error=f",
        "background=True",
        "inputs={}",
        "x.tolist()",
        "DashApp",
    ]
    assert any(re.search(pattern, sample) for sample in samples)


def test_one_app_on_a_page_at_most():
    tag = re.compile(r"{%\s*(?:dash_app|plotly_(?:direct|app|app_bootstrap))\b")
    counts = {path: len(tag.findall(path.read_text("utf-8"))) for path in TEMPLATES}
    assert sum(counts.values()) >= 1
    assert max(counts.values()) == 1


def test_the_pipe_that_checks_no_rights_is_not_routed():
    found = [path for path in PYTHON if "MessageConsumer" in code_of(path)]
    assert found == []
    assert not any("plotly_message_pipe" in path.read_text("utf-8") for path in TEMPLATES)

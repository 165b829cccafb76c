from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("monitoring", "signals", "datasets", "experiments", "bearing_portal")
COMMANDS = sorted((app, name) for name, app in get_commands().items() if app in ROOMS)
GENERAL = {
    option
    for action in BaseCommand().create_parser("manage.py", "any")._actions
    for option in action.option_strings
}
PAGE = (ROOT / "docs" / "commands.md").read_text()


def section(name: str) -> str:
    _, found, after = PAGE.partition(f"\n## `{name}`\n")
    assert found, f"docs/commands.md has no section on {name}"
    return after.partition("\n## ")[0]


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_each_command_and_each_option_is_documented(app, name):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    text = section(name)
    for action in parser._actions:
        option = next((o for o in action.option_strings if o.startswith("--")), None)
        if option and option not in GENERAL:
            assert f"`{option}" in text


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_each_command_shows_an_example(app, name):
    assert f"python manage.py {name}" in section(name)

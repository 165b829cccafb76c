"""The pages that the code writes of itself say all there is to say."""

import ast
import importlib
from pathlib import Path

import pytest
from django.core.management import get_commands

from vibration.features import FEATURE_NAMES
from vibration.simulation.catalogue import CLASS_CODES, NOISE_CODES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs" / "site")
        yield importlib.import_module("reference")


def test_each_command_is_there_with_its_options(reference):
    page = reference.commands_page()
    for name, app in get_commands().items():
        if app in reference.ROOMS:
            assert f"\n## {name}\n" in page
    assert "--protocol" in page


def test_each_variable_is_there_with_what_it_takes(reference):
    page = reference.settings_page()
    for explained in reference.explanations():
        assert f"\n### {explained.name}\n" in page
    port = page.partition("### PORT\n")[2].partition("###")[0]
    assert "whole number from 1 to 65535" in port
    assert "Unset: `8000`" in port


def test_each_variable_has_a_sentence_of_its_own_or_of_its_group(reference):
    assert [told.name for told in reference.explanations() if not told.text] == []


def test_the_example_shows_the_defaults_of_the_code(reference):
    declared = reference.settings()
    differ = {
        told.name: (told.example, declared[told.name].default)
        for told in reference.explanations()
        if told.name in declared and declared[told.name].default not in (None, "", told.example)
    }
    assert differ == {}


def test_each_address_of_the_interface_is_there(reference):
    from bearing_portal.api.site import api

    page = reference.addresses_page()
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            assert f"### `{method.upper()} {path}`" in page


def test_each_feature_class_and_noise_layer_is_there(reference):
    features, catalogue = reference.features_page(), reference.catalogue_page()
    assert all(f"| `{name}` |" in features for name in FEATURE_NAMES)
    assert all(f"| `{code}` |" in catalogue for code in (*CLASS_CODES, *NOISE_CODES))


def test_each_public_function_of_the_science_is_there(reference):
    text = "\n".join(text for _, text in reference.vibration_pages())
    missing = []
    for path in (ROOT / "vibration").glob("**/*.py"):
        if path.stem.startswith("_") or "examples" in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if is_public and ast.get_docstring(node) and f"\n### {node.name}\n" not in text:
                missing.append(f"{path.stem}.{node.name}")
    assert missing == []


def test_a_docstring_keeps_its_sections_and_its_example(reference):
    from docstrings import docstring_markdown

    text = (
        "Add *two*.\n\nParameters\n----------\nx, y : float\n    In g_rms.\n\n"
        "Returns\n-------\nfloat\n    Their sum.\n\nExamples\n--------\n>>> add(1, 2)\n3"
    )
    assert docstring_markdown(text) == [
        r"Add \*two\*.",
        "**Parameters**",
        r"- `x, y`, float. In g\_rms.",
        "**Returns**",
        "- `float`: Their sum.",
        "**Examples**",
        "```pycon\n>>> add(1, 2)\n3\n```",
    ]

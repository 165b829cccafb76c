"""Every public function of the science says what it takes, returns and refuses, and shows it."""

import ast
import doctest
import importlib
import pkgutil
import re
from inspect import cleandoc, getsourcefile
from pathlib import Path

import pytest

import vibration

ENOUGH = 0.95
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(vibration.__path__, "vibration.")
    if "__main__" not in module.name
)


def functions_of(name):
    """Return the public functions of a module that are written in it, as they are written."""
    module = importlib.import_module(name)
    tree = ast.parse(Path(getsourcefile(module)).read_text())
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def sections_of(function):
    text = cleandoc(ast.get_docstring(function) or "")
    titles = list(re.finditer(r"^(\w[\w ]*)\n-{3,}$", text, re.MULTILINE))
    ends = [title.start() for title in titles[1:]] + [len(text)]
    return {title[1]: text[title.end() : end] for title, end in zip(titles, ends, strict=False)}


def parameters_of(function):
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return {argument.arg for argument in every} - {"self", "cls"}


def refuses(function):
    """Tell whether a function raises an error of the science in its own body."""
    return any(
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func).endswith("Error")
        for node in ast.walk(function)
    )


def lacks(function):
    """Return what the docstring of a function does not say."""
    found, missing = sections_of(function), []
    parameters = parameters_of(function)
    described = found.get("Parameters", "") + found.get("Other Parameters", "")
    named = {
        name.lstrip("*")
        for line in re.findall(r"^([\w*, ]+?)(?: : |$)", described, re.MULTILINE)
        for name in line.split(", ")
    }
    missing += [f"parameter {name}" for name in sorted(parameters - named)]
    gives_nothing = ast.unparse(function.returns or ast.Constant(None)) == "None"
    if not gives_nothing and not {"Returns", "Yields"} & set(found):
        missing.append("Returns")
    if refuses(function) and "Raises" not in found:
        missing.append("Raises")
    if ">>> " not in found.get("Examples", ""):
        missing.append("Examples")
    return missing


def test_the_public_functions_say_what_they_take_return_and_refuse():
    lacking = {
        f"{name}.{function.name}": lacks(function)
        for name in MODULES
        for function in functions_of(name)
    }
    bare = {name: what for name, what in lacking.items() if what}
    share = 1 - len(bare) / len(lacking)
    assert share >= ENOUGH, f"{share:.0%} of {len(lacking)}: {bare}"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_what_is_left_out_of_a_docstring_is_seen():
    (function,) = ast.parse(
        'def f(x, y) -> int:\n    """Add.\n\n    Parameters\n    ----------\n    x : int\n    """'
    ).body
    assert lacks(function) == ["parameter y", "Returns", "Examples"]

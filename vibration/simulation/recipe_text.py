"""A recipe as a text of YAML that people read, keep and send, and read back strictly."""

import re
from typing import Any, Final

import yaml

from vibration.errors import VibrationError
from vibration.simulation.recipe import SIMULATOR_VERSION, Recipe

LONGEST_TEXT: Final = 20_000
_VERSION: Final = "simulator_version"
_DEEPEST: Final = 2  # the mapping, and the lists in it
_MOST_BITS: Final = 64
_SHOWN: Final = 60


class _Loader(yaml.SafeLoader):
    """Plain values alone; a key that stands twice is refused, as only one of them could count."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused below
            if key.value in seen:
                line = key.start_mark.line + 1
                raise VibrationError(f"{_shown(key.value)} stands twice, again on line {line}.")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


# YAML 1.1 takes 2e4, which other programs write, for a text.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


class _Dumper(yaml.SafeDumper):
    """Lists within their line."""


_Dumper.add_representer(
    list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, True)
)


def recipe_to_yaml(recipe: Recipe) -> str:
    """Write a recipe; `recipe_from_yaml` reads the same recipe from it.

    Parameters
    ----------
    recipe : Recipe
        Any.

    Returns
    -------
    str
        Each field on a line of its own, in the order of `Recipe`, behind the simulator's version.

    References
    ----------
    YAML 1.1, https://yaml.org/spec/1.1/

    Examples
    --------
    >>> text = recipe_to_yaml(Recipe(seed=7, classes=("healthy", "wear")))
    >>> text.splitlines()[1:4]
    ['seed: 7', 'per_class: 100', 'classes: [healthy, wear]']
    """
    values = {_VERSION: SIMULATOR_VERSION, **recipe.to_dict()}
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, width=10_000)


def recipe_from_yaml(text: str) -> Recipe:
    """Read a recipe; what is missing has its default, what cannot be meant is refused by its key.

    Parameters
    ----------
    text : str
        As `recipe_to_yaml` writes it, or as a person does.

    Returns
    -------
    Recipe

    Raises
    ------
    VibrationError
        In one sentence that names the key or the line, and what to write instead.

    Examples
    --------
    >>> recipe_from_yaml("seed: 7").seed
    7
    >>> recipe_from_yaml("sead: 7")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    vibration.errors.VibrationError: A recipe has no key “sead”; it has seed, per_class, ...
    """
    if len(text) > LONGEST_TEXT:
        raise VibrationError(f"A recipe is a short text, at most {LONGEST_TEXT} letters.")
    values = _plain_values(text)
    version = values.pop(_VERSION, SIMULATOR_VERSION)
    if version != SIMULATOR_VERSION or isinstance(version, bool):
        raise VibrationError(
            f"{_VERSION} is {version!r}; this simulator has version {SIMULATOR_VERSION} and would "
            "make other samples. Remove the line to make them all the same.",
            field=_VERSION,
        )
    known = tuple(Recipe().to_dict())
    for key in values:
        if key not in known:
            raise VibrationError(f"A recipe has no key “{_shown(key)}”; it has {', '.join(known)}.")
    try:
        return Recipe.from_dict(values)
    except VibrationError as error:
        sentence = str(error)
        if error.field and error.field not in sentence:
            raise VibrationError(f"{error.field}: {sentence}", field=error.field) from error
        raise


def _plain_values(text: str) -> dict[str, Any]:
    try:
        _prove_flat(text)
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except VibrationError:  # which is a ValueError
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}" if mark else "The text"
        raise VibrationError(
            f"{where} cannot be read as YAML ({error.problem}); write each key as “key: value”."
        ) from error
    # PyYAML's own ways to fail at a value that is not of its tag, such as !!bool x
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        raise VibrationError(
            "The text cannot be read as YAML: it holds a character or a number that YAML does "
            "not allow."
        ) from error
    if not isinstance(values, dict):
        raise VibrationError("A recipe is a list of keys and values, such as “seed: 0”.")
    for key, value in values.items():
        _prove_short(key, "A key")
        _prove_short(value, str(key))
    return {str(key): value for key, value in values.items()}


def _prove_short(value: Any, name: str) -> None:
    """Refuse whole numbers that no field holds, and that Python would not write into a sentence."""
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise VibrationError(f"{_shown(name)} is too large a number.")
    if isinstance(value, dict):
        _prove_short([*value, *value.values()], name)
    elif isinstance(value, list | tuple | set):
        for each in value:
            _prove_short(each, name)


def _shown(key: str) -> str:
    return key[:_SHOWN].encode("utf-8", "replace").decode()


def _prove_flat(text: str) -> None:
    """Refuse what no recipe needs and a small text can blow up with: references and deep nests."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise VibrationError(
                f"Line {_line(event)} holds a reference (& or *); write the value itself."
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise VibrationError(
                f"Line {_line(event)} holds a list in a list; a recipe needs none."
            )


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1

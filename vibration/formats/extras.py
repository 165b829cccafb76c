"""Readers that other people keep well: used where they are installed, named where they are not."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from vibration.errors import FormatError


def needed(module: str, package: str, name: str) -> Any:
    """Return a module, or refuse a file that cannot be read without it.

    Raises
    ------
    FormatError
        Where the package is not installed; it says which.
    """
    if find_spec(module.partition(".")[0]) is None:
        raise FormatError(
            f"{name} needs the package {package}, which is not installed here; "
            f"ask an administrator to install it, or convert the file."
        )
    return import_module(module)

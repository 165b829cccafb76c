"""Readers that other people keep well: used where they are installed, named where they are not."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from vibration.errors import FormatError


def needed(module: str, package: str, name: str) -> Any:
    """Return a module, or refuse a file that cannot be read without it.

    Parameters
    ----------
    module : str
        To import.
    package : str
        What installs it.
    name : str
        The file, for the refusal.

    Returns
    -------
    module

    Raises
    ------
    FormatError
        Where the package is not installed; it says which.

    Examples
    --------
    >>> needed("json", "json", "rig.tdms").__name__
    'json'
    >>> try:
    ...     needed("no_such", "npTDMS", "rig.tdms")
    ... except FormatError as error:
    ...     str(error)[:66]
    'rig.tdms needs the package npTDMS, which is not installed here; as'
    """
    if find_spec(module.partition(".")[0]) is None:
        raise FormatError(
            f"{name} needs the package {package}, which is not installed here; "
            f"ask an administrator to install it, or convert the file."
        )
    return import_module(module)

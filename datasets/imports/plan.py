"""What an import is to become, after a person has answered what was open."""

from dataclasses import dataclass

from common.storage import Stored
from vibration.importing import PlannedChannel, PlannedFile

__all__ = ["ImportPlan", "PlannedChannel", "PlannedFile", "PlannedSpecimen"]


@dataclass(frozen=True, kw_only=True)
class PlannedSpecimen:
    """A bearing or machine that files of the plan name; one that no entry describes has no type.

    Attributes
    ----------
    name : str
        As the files name it.
    bearing_id : int or None
        Its type in the catalogue.
    note : str
        What else is known of it.
    """

    name: str
    bearing_id: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """A dataset to be made of files.

    Attributes
    ----------
    name, description, licence, citation : str
        Of the dataset.
    visibility : str
        ``private`` or ``shared``.
    segment_samples : int or None
        Length of the segments; None keeps whole records.
    overlap : float
        Share of a segment that the next one repeats, from 0 to below 1.
    keep_originals : bool
        Whether the files themselves are kept, to be downloaded.
    files : tuple of PlannedFile
        Those to import; files that still wait for an answer do not belong here.
    specimens : tuple of PlannedSpecimen
        What is known of the bearings.
    sent : Stored or None
        Where the files lie, by the names of their paths, for machines that do not have these.
    """

    name: str
    description: str = ""
    licence: str = ""
    citation: str = ""
    visibility: str = "private"
    segment_samples: int | None = None
    overlap: float = 0.0
    keep_originals: bool = True
    files: tuple[PlannedFile, ...] = ()
    specimens: tuple[PlannedSpecimen, ...] = ()
    sent: Stored | None = None

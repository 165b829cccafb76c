"""Where the portal's files lie. Nothing else knows.

`stored("datasets", 12, "signals.h5")` is a file or folder of the storage, by its key: it is opened,
listed, put in its place whole, discarded. `work_folder("datasets")` is where this machine works on
what is to be put there.
"""

from common.storage.stored import Stored, stored
from common.storage.work import folder_discard, folder_make, trash_sweep, work_folder

__all__ = ["Stored", "folder_discard", "folder_make", "stored", "trash_sweep", "work_folder"]

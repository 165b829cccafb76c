"""How to open what was downloaded, in Python and MATLAB: a few lines to copy."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Snippet:
    """Lines for one format: `needs` names the packages that Python's take, `instead` says what
    MATLAB is given where it has no lines.
    """

    python: str
    matlab: str
    needs: str
    instead: str = ""


_SNIPPETS: Final = {
    "hdf5": Snippet(
        """import h5py

with h5py.File({file}) as data:
    fs_hz = data.attrs["fs"]
    x = data["signals"][0]  # samples of the first record
    classes = data["index/class"].asstr()[:]
    features = data["features"][:]
print(x.shape, fs_hz, classes[0])
""",
        """fs_hz = h5readatt({file}, "/", "fs");
n = h5info({file}, "/signals").Dataspace.Size;  % samples, records
x = h5read({file}, "/signals", [1 1], [n(1) 1]);  % the first record
classes = h5read({file}, "/index/class");
features = h5read({file}, "/features");
disp(size(x))
""",
        "h5py",
    ),
    "npz": Snippet(
        """import numpy as np

with np.load({file}) as data:
    fs_hz = float(data["fs"])
    x = data["signals"][0]  # samples of the first record
    classes = data["class"]
    features = data["features"]
print(x.shape, fs_hz, classes[0])
""",
        "",
        "numpy",
        "MATLAB does not read NPZ: take the MAT file for it, or HDF5 where the dataset is large.",
    ),
    "mat": Snippet(
        """from scipy.io import loadmat

data = loadmat({file}, squeeze_me=True, chars_as_strings=True)
fs_hz = float(data["fs"])
x = data["signals"][:, 0]  # samples of the first record
classes = data["class"]
features = data["features"]
print(x.shape, fs_hz, classes[0])
""",
        """data = load({file});
fs_hz = data.fs;
x = data.signals(:, 1);  % samples of the first record
classes = data.class;
features = data.features;
disp(size(x))
""",
        "scipy",
    ),
    "parquet": Snippet(
        """import pyarrow.parquet as pq

table = pq.read_table({file})
classes = table["class"].to_pylist()
rms = table["rms"].to_numpy()
print(table.num_rows, classes[0])
""",
        """index = parquetread({file});
disp(height(index))
""",
        "pyarrow",
    ),
    "csv": Snippet(
        """import csv

with open({file}, encoding="utf-8-sig", newline="") as file:
    rows = list(csv.DictReader(file))
classes = [row["class"] for row in rows]
print(len(rows), classes[0])
""",
        """index = readtable({file}, "VariableNamingRule", "preserve");
disp(height(index))
""",
        "",
    ),
    "archive": Snippet(
        """import hashlib
import zipfile

import h5py

with zipfile.ZipFile({file}) as archive:
    archive.extractall("dataset")
    for line in archive.read("SHA256SUMS").decode().splitlines():
        expected, name = line.split("  ", 1)
        assert hashlib.sha256(archive.read(name)).hexdigest() == expected, name
    first = min(name for name in archive.namelist() if name.startswith("data/"))
with h5py.File("dataset/" + first) as data:
    print(data["signals"].shape, data.attrs["fs"])
""",
        """unzip({file}, "dataset");
found = dir(fullfile("dataset", "data", "*.h5"));
first = fullfile("dataset", "data", found(1).name);
x = h5read(first, "/signals");  % samples, records
disp(size(x))
""",
        "h5py",
    ),
}


def snippet(form: str, filename: str) -> Snippet:
    """Return the lines that open a file of this format and name."""
    found = _SNIPPETS[form]
    quoted = '"' + filename.replace("\\", "\\\\").replace('"', '\\"') + '"'
    matlab = '"' + filename.replace('"', '""') + '"'
    return Snippet(
        found.python.replace("{file}", quoted),
        found.matlab.replace("{file}", matlab),
        found.needs,
        found.instead,
    )

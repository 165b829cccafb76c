"""Small recordings of our own in every layout that can be written: for trials and the tutorial.

The signals are synthetic: a bearing whose outer race rings at each passage, over noise. Whoever can
write a layout without us does (scipy, h5py, npTDMS, pyarrow, NumPy); the rest is written by hand
after the layouts' descriptions. enDAQ's files have no public writer and are not among them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vibration.formats.examples.containers import CONTAINERS
from vibration.formats.examples.runs import Example, onset_of, runs
from vibration.formats.examples.signal import BPFO_ORDER, FS_HZ, N_SAMPLES, RPM, bearing_signal
from vibration.formats.examples.texts import TEXTS
from vibration.formats.files import SourceFile

__all__ = [
    "BPFO_ORDER",
    "FS_HZ",
    "RPM",
    "Example",
    "bearing_signal",
    "example_file",
    "examples",
    "onset_of",
    "write_examples",
]


def write_examples(folder: Path, *, seed: int = 0) -> list[Path]:
    """Write one small recording in every layout, and three short runs to failure.

    Parameters
    ----------
    folder : Path
        Made where it is missing; files of the same names are replaced.
    seed : int
        The same seed writes the same samples.

    Returns
    -------
    list of Path
        In the order written.

    Examples
    --------
    >>> with TemporaryDirectory() as folder:
    ...     len(write_examples(Path(folder)))
    61
    """
    written = []
    for example in examples(seed=seed):
        path = folder / example.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(example.content())
        written.append(path)
    return written


def examples(*, seed: int = 0, n: int = N_SAMPLES) -> Iterator[Example]:
    """Give the examples, of n samples a channel; a file is made when its `content` is called.

    Parameters
    ----------
    seed : int
        Of the noise and the slip.
    n : int
        Samples of each channel.

    Yields
    ------
    Example

    Examples
    --------
    >>> first = next(examples(n=256))
    >>> first.name, first.content()[:9]
    ('titled.csv', b'Time (s),')
    """
    x, y = bearing_signal(n, seed=seed), bearing_signal(n, seed=seed + 1, severity=0.3)
    for name, content in (TEXTS | CONTAINERS).items():
        yield Example(name, lambda content=content: content(x, y))  # type: ignore[misc]
    yield from runs(seed)


@contextmanager
def example_file(name: str) -> Iterator[SourceFile]:
    """Write one example to a temporary folder, as the file that a reader is given.

    Parameters
    ----------
    name : str
        As `examples` gives it, for example ``sound16.wav``.

    Yields
    ------
    SourceFile
        Gone when the context ends.

    Examples
    --------
    >>> with example_file("sound16.wav") as file:
    ...     file.suffix, file.path.stat().st_size
    ('.wav', 16428)
    """
    content = next(each.content() for each in examples() if each.name == name)
    with TemporaryDirectory(prefix="example-") as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        yield SourceFile(path, path.name)

"""A progress bar for a person at a terminal; silence for a file or a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size

from tqdm import tqdm


@contextmanager
def progress_bar(title: str, *, total: int, unit: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that moves the bar to a position."""
    columns, lines = get_terminal_size()  # 80 × 24 where the terminal does not know
    with tqdm(
        desc=title,
        total=total,
        unit=unit,
        unit_scale=unit == "B",
        disable=None,  # shown where stderr is a terminal
        leave=False,
        ncols=columns,
        nrows=lines,
        file=sys.stderr,
    ) as bar:
        yield lambda done: bar.update(min(done, total) - bar.n)

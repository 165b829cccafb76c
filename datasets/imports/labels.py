"""What a label that somebody wrote means among the classes of the portal."""

import re
from collections.abc import Iterable
from typing import Final

from signals.models import FaultClass

# As test rigs and published data sets write them, without blanks and signs. Single letters are not
# among them: C is a cage here and a combined fault there.
_WORDS: Final = {
    "healthy": "normal baseline good health ok undamaged reference nofault faultfree",
    "inner_race": "inner innerring innerrace innerracefault innerringfault ir bpfi irf",
    "outer_race": "outer outerring outerrace outerracefault outerringfault or bpfo orf",
    "rolling_element": "ball ballfault rollingelement roller element bsf",
    "cage": "cage cagefault ftf separator",
    "rolling_combined": "combined combination compound comb combinedfault mixed innerouter",
    "imbalance": "imbalance unbalance imbalanced unbalanced",
    "misalignment": "misalignment misaligned",
}
_MEANS: Final = {word: code for code, words in _WORDS.items() for word in words.split()}


def class_meant(label: str, classes: Iterable[FaultClass]) -> str:
    """Return the code of the class that a label names; empty where none is meant for certain.

    A class's own code, name and short name come first, then what test rigs call the parts of a
    rolling bearing. A label such as “inner race 0.007in, 0 HP” is read up to its first number.
    """
    own = {}
    for row in classes:
        own |= {_plain(word): row.code for word in (row.code, row.name, row.short_name)}
    codes = set(own.values())
    for text in (label, re.split(r"[\d,;(/@]", label)[0]):
        word = _plain(text)
        if word in own:
            return own[word]
        if _MEANS.get(word) in codes:
            return _MEANS[word]
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())

"""Signals whose label their neighbours by features contradict, for somebody to look at."""

import json
from dataclasses import dataclass
from typing import Any, Final

from common.database import among
from common.errors import Invalid
from common.text import counted, thousands
from signals.errors import told_as
from signals.feature_table import feature_table
from signals.filters.scope import Scope
from signals.models import LabelReview
from vibration.learning.suspects import label_doubts

MOST_ROWS: Final = 8_000  # all distances among them take a second or two
MOST_LISTED: Final = 500


@dataclass(frozen=True)
class Suspect:
    """A signal to look at.

    Attributes
    ----------
    signal, fault_class : int
        Its id, and that of the class it carries.
    proposed : int
        Id of the class that most neighbours carry.
    share, own_share : float
        Part of the neighbours with the proposed class, and with its own.
    neighbour : int
        Id of the nearest signal of the proposed class.
    """

    signal: int
    fault_class: int
    proposed: int
    share: float
    own_share: float
    neighbour: int


@dataclass(frozen=True)
class Suspects:
    """The signals to look at, the most doubtful first, and of how many they were found.

    Attributes
    ----------
    open : tuple of Suspect
        Those that nobody has confirmed.
    n_confirmed : int
        Those whose label somebody has found right.
    n_judged, n_asked, n_signals : int
        Signals whose label others could speak for, signals that were looked at, and all.
    why_not : str
        Why nothing can be said; empty where it can.
    """

    open: tuple[Suspect, ...] = ()
    n_confirmed: int = 0
    n_judged: int = 0
    n_asked: int = 0
    n_signals: int = 0
    why_not: str = ""

    def words(self) -> str:
        """Say what was compared."""
        sentence = f"{counted(self.n_judged, 'signal')} compared with signals of other recordings"
        if self.n_asked < self.n_signals:
            sentence += (
                f", of a fair sample of {thousands(self.n_asked)} of {thousands(self.n_signals)}"
            )
        if left := self.n_asked - self.n_judged:
            sentence += (
                f"; {thousands(left)} could not be, for no other recording has their class, or "
                "they have none"
            )
        return f"{sentence}."


def label_suspects(user: Any, scope: Scope) -> Suspects:
    """Return the signals of a scope whose nearest neighbours mostly carry another class."""
    if scope.user != user:
        raise ValueError("A scope is for the person it was made for.")
    try:
        found = json.loads(scope.cached("suspects", lambda: _found(user, scope)))
    except Invalid as error:
        return Suspects(why_not=error.sentence)
    rows = [Suspect(*row) for row in found.pop("rows")]
    pks = [row.signal for row in rows]
    reviews = LabelReview.objects.filter(signal__in=among(pks)).order_by()
    confirmed = set(reviews.values_list("signal", "fault_class"))
    left = tuple(row for row in rows if (row.signal, row.fault_class) not in confirmed)
    return Suspects(open=left[:MOST_LISTED], n_confirmed=len(rows) - len(left), **found)


def _found(user: Any, scope: Scope) -> bytes:
    table = feature_table(user, scope, most=MOST_ROWS)
    labelled = table.classes > 0
    classes, pks = table.classes[labelled], table.pks[labelled]
    with told_as():
        doubts = label_doubts(table.values[labelled], classes, table.records[labelled])
    rows = [
        (
            int(pks[row]),
            int(classes[row]),
            int(doubts.proposed[row]),
            float(doubts.share[row]),
            float(doubts.own_share[row]),
            int(pks[doubts.nearest[row]]),
        )
        for row in doubts.suspicious(classes)
    ]
    facts = {
        "rows": rows,
        "n_judged": int(doubts.is_judged.sum()),
        "n_asked": len(table.pks),
        "n_signals": table.n_signals,
    }
    return json.dumps(facts).encode()

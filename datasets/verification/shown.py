"""What the page of a dataset shows of its verifications."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from common.errors import NotFound
from datasets.models import Dataset, Verification, VerificationFinding
from signals.models import Signal

SHOWN: Final = 5
FINDINGS_SHOWN: Final = 20
SAMPLE: Final = 50
AROUND_S: Final = 0.02  # shown on both sides of the first sample that differs


@dataclass(frozen=True)
class Difference:
    """A finding as the page shows it: the label and address of its signal, where there is one."""

    sentence: str
    label: str = ""
    address: str = ""

    @classmethod
    def of(cls, finding: VerificationFinding, signal: Signal | None) -> "Difference":
        if signal is None:
            return cls(finding.sentence)
        asked = {"signal": str(signal.pk)}
        if finding.sample is not None:
            at_s, end_s = finding.sample / signal.fs_hz, signal.n_samples / signal.fs_hz
            start_s, stop_s = max(0.0, at_s - AROUND_S), min(end_s, at_s + AROUND_S)
            asked["t"] = f"{start_s:.6g},{stop_s:.6g}"
        return cls(finding.sentence, signal.label, f"?{urlencode(asked, safe=',')}")


def verification_get(user: Any, dataset: Dataset, pk: int) -> Verification:
    """Return one verification of a dataset that `user` may see, asked for by this person."""
    found = Verification.objects.select_related("job").filter(dataset=dataset, pk=pk)
    verification = found.filter(asked_by=user).first()
    if verification is None:
        raise NotFound("There is no such verification of yours.")
    return verification


def verifications_shown(user: Any, dataset: Dataset) -> dict[str, Any]:
    """Return the latest verifications, what the newest found, and what can be asked for."""
    rows = list(
        Verification.objects.filter(dataset=dataset).select_related("asked_by", "job")[:SHOWN]
    )
    finished = next((row for row in rows if row.finished_at), None)
    findings = list(finished.findings.all()[:FINDINGS_SHOWN]) if finished else []
    numbers = [finding.row for finding in findings if finding.row is not None]
    signals = Signal.objects.filter(store=dataset.store_id, row__in=numbers)
    known: dict[int | None, Signal] = {}
    known |= {signal.row: signal for signal in signals.only("row", "label", "fs_hz", "n_samples")}
    return {
        "verifications": rows,
        "verified": finished,
        "differences": [Difference.of(each, known.get(each.row)) for each in findings],
        "is_verifying": any(row.job is not None and row.job.is_active for row in rows),
        "sample": SAMPLE,
        "last_record": dataset.n_planned - 1,
    }

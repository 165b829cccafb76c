"""The spectrum of a signal over those of its nearest training signals."""

from typing import Any, Final

import numpy as np
from django.urls import reverse

from experiments.inference.selectors import Answer
from experiments.results.charts import Axis, Line
from signals.models import Signal
from signals.selectors import signal_get
from signals.waveforms.sources import source_of
from vibration.spectra.welch import welch_psd

SEGMENT: Final = 2048
MOST_SAMPLES: Final = 1 << 18
X: Final = Axis("Frequency (Hz)")
_LOWEST: Final = 1e-30


def spectra_axis(answer: Answer) -> Axis:
    """Return the axis of density in the signal's unit."""
    return Axis(f"PSD (dB re 1 ({answer.said.subject.unit})²/Hz)")


def spectra(user: Any, answer: Answer) -> list[Line]:
    """Return the lines of the figure, the signal asked about first."""
    pk = answer.said.subject.pk
    if pk is None:
        return []
    signals = [signal_get(user, pk), *(answer.signals[each.pk] for each in answer.said.neighbours)]
    return [_line(user, signal, is_asked=number == 0) for number, signal in enumerate(signals)]


def _line(user: Any, signal: Signal, *, is_asked: bool) -> Line:
    with source_of(user, signal) as source:
        samples = source.read(0, min(signal.n_samples, MOST_SAMPLES))
    f_hz, psd = welch_psd(samples, signal.fs_hz, segment=min(SEGMENT, samples.size))
    return Line(
        signal.label,
        f_hz,
        10 * np.log10(np.maximum(psd, _LOWEST)),
        note="asked" if is_asked else (signal.fault_class.name if signal.fault_class else ""),
        href=f"{reverse('viewer')}?signal={signal.pk}",
    )

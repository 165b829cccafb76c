"""The 36 features: names, titles, units, groups, meanings and formulas, in their stored order."""

from collections.abc import Iterable
from dataclasses import dataclass

from vibration.quantities import powered_unit

GROUPS: dict[str, str] = {
    "time": "Time",
    "frequency": "Frequency",
    "envelope": "Envelope",
    "wavelet_cepstrum": "Wavelet and cepstrum",
    "higher_order": "Higher order",
}
NO_UNIT = "–"
_POWERS = {"g": 1, "g²": 2, "g³": 3}
BANDS_HZ: tuple[tuple[int, int], ...] = ((0, 500), (500, 2000), (2000, 5000), (5000, 10000))


@dataclass(frozen=True)
class Feature:
    """One number that describes a record.

    `name` is the identifier in code, files and tables; people see `title`. `group` is a key of
    `GROUPS`, `unit` is that of samples in g, "–" for a pure number.
    """

    name: str
    title: str
    unit: str
    group: str
    meaning: str
    formula: str

    @property
    def label(self) -> str:
        """Title with its unit for samples in g, as an axis or a table header shows it."""
        return self.title if self.unit == NO_UNIT else f"{self.title} ({self.unit})"

    @property
    def power(self) -> int:
        """The power of the samples' unit that it is in: 1 for the RMS, 0 for a pure number."""
        return _POWERS.get(self.unit, 0)

    def unit_of(self, unit: str) -> str:
        """Return its unit for samples in another unit than g."""
        return powered_unit(unit, self.power) if self.power else self.unit

    def label_of(self, units: Iterable[str]) -> str:
        """Return title and unit for records in these units, saying where they are mixed; of no
        records the title alone.
        """
        own = sorted({self.unit_of(unit) for unit in units}) if self.power else [self.unit]
        if own in ([], [NO_UNIT]):
            return self.title
        return f"{self.title} ({'mixed units: ' if len(own) > 1 else ''}{', '.join(own)})"


def _group(group: str, *rows: tuple[str, str, str, str, str]) -> tuple[Feature, ...]:
    return tuple(Feature(*row[:3], group, *row[3:]) for row in rows)


_TIME = _group(
    "time",
    ("rms", "RMS", "g", "Overall vibration level", "√mean(x²)"),
    (
        "kurtosis",
        "Kurtosis",
        NO_UNIT,
        "Impulsiveness: 3 for Gaussian noise, more with impacts",
        "E[(x−μ)⁴]/σ⁴",
    ),
    (
        "skewness",
        "Skewness",
        NO_UNIT,
        "Asymmetry of the waveform: 0 when both signs are alike",
        "E[(x−μ)³]/σ³",
    ),
    (
        "crest_factor",
        "Crest factor",
        NO_UNIT,
        "Highest peak against the overall level",
        "max|x|/rms",
    ),
    (
        "shape_factor",
        "Shape factor",
        NO_UNIT,
        "Overall level against the mean magnitude",
        "rms/mean|x|",
    ),
    (
        "impulse_factor",
        "Impulse factor",
        NO_UNIT,
        "Highest peak against the mean magnitude",
        "max|x|/mean|x|",
    ),
    (
        "clearance_factor",
        "Clearance factor",
        NO_UNIT,
        "Highest peak against the squared mean root: rises early with wear",
        "max|x|/(mean√|x|)²",
    ),
)

_BANDS = tuple(
    (
        f"band_energy_{low}_{high}",
        f"Band energy {low}–{high} Hz",
        "g²",
        f"Vibration power from {low} Hz up to {high} Hz",
        f"∫P df, {low} Hz ≤ f < {high} Hz (to Nyquist where lower)",
    )
    for low, high in BANDS_HZ
)

_FREQUENCY = _group(
    "frequency",
    (
        "dominant_frequency",
        "Dominant frequency",
        "Hz",
        "Frequency that carries the most power density",
        "argmax P(f), f ≥ 1 Hz",
    ),
    (
        "spectral_centroid",
        "Spectral centroid",
        "Hz",
        "Centre of gravity of the spectrum",
        "c = Σ f·P/ΣP",
    ),
    (
        "spectral_spread",
        "Spectral spread",
        "Hz",
        "How far the power lies around the centroid",
        "√(Σ (f−c)²·P/ΣP)",
    ),
    (
        "spectral_entropy",
        "Spectral entropy",
        NO_UNIT,
        "0 for a single line, 1 for power spread evenly",
        "−Σ p ln p/ln K, p = P/ΣP over K bins",
    ),
    (
        "spectral_flatness",
        "Spectral flatness",
        NO_UNIT,
        "Noise-like (towards 1) or made of lines (towards 0)",
        "exp(mean ln P)/mean P",
    ),
    *_BANDS,
    (
        "harmonic_ratio_2x",
        "2X / 1X",
        NO_UNIT,
        "Second shaft harmonic against the first: misalignment",
        "max A(2f ± 2 %)/max A(f ± 2 %)",
    ),
    (
        "harmonic_ratio_3x",
        "3X / 1X",
        NO_UNIT,
        "Third shaft harmonic against the first: misalignment, looseness",
        "max A(3f ± 2 %)/max A(f ± 2 %)",
    ),
    (
        "subsynchronous_ratio",
        "Sub-sync / 1X",
        NO_UNIT,
        "Whirl below half the shaft speed against the first harmonic",
        "max A(0.40 f … 0.49 f)/max A(f ± 2 %)",
    ),
)

_ENVELOPE = _group(
    "envelope",
    (
        "envelope_rms",
        "Envelope RMS",
        "g",
        "How strongly the amplitude swings",
        "√mean((e−ē)²), e = |x + i·H(x)|",
    ),
    (
        "envelope_kurtosis",
        "Envelope kurtosis",
        NO_UNIT,
        "Impulsiveness of the amplitude's swings",
        "E[(e−ē)⁴]/σₑ⁴",
    ),
    ("envelope_peak", "Envelope peak", "g", "Largest momentary amplitude", "max e"),
    (
        "modulation_frequency",
        "Modulation frequency",
        "Hz",
        "How often the amplitude swings: the fault frequency in many bearings",
        "argmax of the envelope spectrum, f ≥ 1 Hz",
    ),
)

_WAVELET_CEPSTRUM = _group(
    "wavelet_cepstrum",
    (
        "wavelet_detail_ratio",
        "Detail energy ratio",
        NO_UNIT,
        "Share of the energy above fs/64, in all five wavelet details",
        "Σ E(d1…d5)/E, db4",
    ),
    (
        "wavelet_kurtosis",
        "Wavelet kurtosis",
        NO_UNIT,
        "Impulsiveness averaged over five frequency octaves",
        "mean Pearson kurtosis of d1…d5, db4",
    ),
    *(
        (
            f"wavelet_energy_d{level}",
            f"Detail energy D{level}",
            NO_UNIT,
            f"Share of the energy from fs/{2 ** (level + 1)} to fs/{2**level}",
            f"E(d{level})/E, db4",
        )
        for level in (1, 3, 5)
    ),
    (
        "cepstral_peak_ratio",
        "Cepstral peak ratio",
        NO_UNIT,
        "How clearly one family of harmonics or side-bands, or an echo, stands out",
        "max|c|/mean|c|, 1 ms ≤ q ≤ T/2, c = irfft(ln max(|X|, 1e−12·max|X|))",
    ),
    (
        "quefrency_centroid",
        "Quefrency centroid",
        "ms",
        "Centre of gravity of the cepstrum",
        "Σ q·|c|/Σ|c|, 1 ms ≤ q ≤ T/2",
    ),
)

_HIGHER_ORDER = _group(
    "higher_order",
    (
        "bispectrum_peak",
        "Bispectrum peak",
        "g³",
        "Strongest coupling of two frequencies with their sum",
        "max|B|, B = E[X₁X₂X₃*] over the principal domain",
    ),
    (
        "bispectrum_mean",
        "Bispectrum mean",
        "g³",
        "Average coupling of two frequencies with their sum",
        "mean|B|",
    ),
    (
        "bispectrum_entropy",
        "Bispectrum entropy",
        NO_UNIT,
        "0 when one pair of frequencies couples, 1 when all do alike",
        "−Σ b ln b/ln K, b = |B|/Σ|B| over K pairs",
    ),
    (
        "bicoherence_max",
        "Peak bicoherence",
        NO_UNIT,
        "Steadiness of the firmest coupling: 1 when the phases are locked",
        "max |B|²/(E|X₁X₂|²·E|X₃|²)",
    ),
    (
        "nonlinearity_index",
        "Nonlinearity index",
        NO_UNIT,
        "Mean bicoherence of the pairs that chance does not explain",
        "mean of bicoherence > 1 − 0.05^(1/(K−1)), K segments; 0 where none is",
    ),
    (
        "bispectrum_peak_ratio",
        "Bispectrum peak/mean",
        NO_UNIT,
        "How far the strongest coupling stands out",
        "max|B|/mean|B|",
    ),
)

FEATURES: tuple[Feature, ...] = _TIME + _FREQUENCY + _ENVELOPE + _WAVELET_CEPSTRUM + _HIGHER_ORDER
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)

"""What titles and keys speak of, in the languages that loggers write.

A name is cut into words (`SampleFrequency_Hz` is *sample frequency hz*) and matched by stems, so
that each list stays short. Nothing here knows a value: see `facts` and `axes`.
"""

import re
import unicodedata
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-zµ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[^\w°%²µ/]+|_+")
_DIGITS: Final = re.compile(r"\d+$")
_UNIT_AT_END: Final = re.compile(r"[\[(<{]\s*([^\])>}]*?)\s*[\])>}]\s*:?\s*$")

_SAMPLING: Final = (
    "sampl", "abtast", "échantillon", "echantillon", "muestre", "campion", "amostra", "bemonster",
    "próbkow", "probkow", "дискретизац", "采样", "採樣", "取样", "サンプリング", "標本化",
    "샘플링", "표본화",
    "örnekle", "ornekle", "acqui", "acq", "scan", "logging", "vzorkov", "näyttee", "mintavét",
    "adc",
)  # fmt: skip
_FREQUENCY: Final = (
    "rate", "freq", "frequenz", "fréq", "frec", "taxa", "taux", "tasa", "frek", "часто", "频率",
    "頻率", "周波数", "率", "주파수", "częstotl", "czestotl", "taajuu", "kmitoč", "hz", "khz",
    "sıklı",
    "velocidad",
)  # fmt: skip
_RATE_ALONE: Final = frozenset(
    [
        "fs",
        "sr",
        "samplerate",
        "srate",
        "sps",
        "samplingrate",
        "samplefreq",
        "samplingfrequency",
        "samplefrequency",
        "fsample",
        "abtastrate",
        "abtastfrequenz",
        "sampfreq",
        "fsamp",
        "odr",
        "fsamplerate",
        "samprate",
        "sfreq",
    ]
)
_NOT_A_RATE: Final = (
    "shaft", "rotat", "cut", "filter", "nyquist", "count", "number", "point", "resonan", "bit",
    "drehz", "max", "min", "band", "mains", "signal", "center", "centre", "carrier", "error",
)  # fmt: skip
_INTERVAL_ALONE: Final = frozenset(
    [
        "dt",
        "tinterval",
        "deltax",
        "deltat",
        "δt",
        "xincrement",
        "timestep",
        "xinc",
        "samplinginterval",
        "sampleinterval",
        "samplingperiod",
        "sampleperiod",
        "abtastintervall",
        "abtastzeit",
        "abtastperiode",
        "abszissenschritt",
        "schrittweite",
        "zeitschritt",
        "increment",
        "xstep",
        "waveformincrement",
        "tsample",
        "deltatime",
        "ts",
        "hinterval",
        "horizinterval",
        "xdelta",
        "timeincrement",
        "timeinterval",
        "interval",
    ]
)
_INTERVAL: Final = (
    "interval", "intervall", "period", "time", "zeit", "abstand", "schritt", "step", "increment",
    "intervalo", "intervallo", "pas", "paso", "passo", "période", "temps", "间隔", "間隔", "周期",
    "шаг",
    "interwał", "resolution",
)  # fmt: skip
_STEP_OF: Final = (
    "delta x", "delta t", "x increment", "wf increment", "time step", "x delta", "t interval",
    "time increment", "time interval", "x step", "t step", "horizontal interval", "x inc",
    "waveform increment", "delta time", "d t",
)  # fmt: skip
_SPEED_ALONE: Final = frozenset(
    [
        "rpm",
        "drehzahl",
        "nrpm",
        "shaftrpm",
        "转速",
        "轉速",
        "回転数",
        "회전수",
        "giri",
        "toerental",
        "varvtal",
        "otáčky",
        "obroty",
        "omega",
        "shaftspeed",
        "shaftrate",
        "shafthz",
        "rotationalspeed",
        "rotationspeed",
        "motorspeed",
        "runningspeed",
        "shaftfreq",
        "shaftfrequency",
        "rotspeed",
        "rotationfrequency",
        "runspeed",
        "обороты",
        "tours",
    ]
)
_TURNING: Final = (
    "shaft", "rotat", "rotor", "motor", "running", "spindle", "welle", "drehfreq", "giro", "giri",
    "rotac", "rotaz", "arbre", "spin", "turn", "machine", "вращ", "obrot", "dreh",
)  # fmt: skip
_FAST: Final = (
    "speed", "freq", "rate", "hz", "velocid", "velocità", "vitesse", "drehz", "geschw", "скорост",
    "prędko", "rpm", "zahl",
)  # fmt: skip

_TIME: Final = (
    "time", "zeit", "temps", "tiempo", "tempo", "tijd", "tid", "czas", "čas", "idő", "zaman",
    "время",
    "时间", "時間", "시간", "aika", "timestamp", "zeitstempel", "uhrzeit", "seconds", "second",
    "sekunde",
    "elapsed", "date", "datum", "fecha", "heure", "hora", "ora", "clock", "t", "epoch", "sec",
    "horodatage", "datetime", "x value", "xvalue", "abscissa", "milliseconds", "microseconds",
    "millis", "micros", "时刻", "utc", "zeitpunkt", "segundos", "secondes", "secondi", "время,с",
)  # fmt: skip
_COUNTER: Final = (
    "index", "idx", "sample", "samples", "n", "nr", "no", "num", "number", "nummer", "count",
    "counter", "row", "zeile", "record", "point", "messpunkt", "i", "id", "step", "序号", "编号",
    "番号", "номер", "numero", "número", "numéro", "nº", "n°", "#", "packet", "seq", "sequence",
    "unnamed", "muestra", "échantillon", "probe", "pts", "line", "ligne",
)  # fmt: skip
_FREQUENCY_AXIS: Final = (
    "frequency", "freq", "frequenz", "fréquence", "frecuencia", "frequenza", "frequência", "hz",
    "częstotliwość", "частота", "频率", "頻率", "周波数", "주파수", "frequentie", "frekvens",
    "frekans",
    "f", "khz", "order", "orders", "ordnung", "ordre", "orden", "quefrency", "cpm", "bin",
    "taajuus",
)  # fmt: skip
_NO_WAVEFORM: Final = (
    ("a spectrum", ("fft", "spectrum", "spectra", "spektrum", "spectre", "espectro", "spettro",
                    "spektren", "спектр", "频谱", "スペクトル", "widmo", "dft", "cepstrum",
                    "spectral")),
    ("a power spectral density", ("psd", "asd", "pxx", "dsp", "powerspectr", "lsd", "csd")),
    ("a frequency response", ("frf", "transferfunction", "coherence", "bode", "tfestimate")),
    ("a correlation", ("xcorr", "autocorr", "acf", "ccf", "correlation", "korrelation", "lag",
                       "lags", "correlazione", "corrélation", "autocorrelation", "r_xx", "rxx")),
    ("a histogram", ("histogram", "histogramm", "pdf", "cdf")),
)  # fmt: skip
_FEATURES: Final = frozenset(
    [
        "rms",
        "kurtosis",
        "skewness",
        "crest",
        "crestfactor",
        "shape",
        "shapefactor",
        "impulse",
        "impulsefactor",
        "mean",
        "std",
        "variance",
        "var",
        "entropy",
        "peak",
        "peaktopeak",
        "p2p",
        "clearance",
        "clearancefactor",
        "median",
        "energy",
        "mad",
        "iqr",
        "margin",
        "skew",
        "kurt",
        "max",
        "min",
        "stdev",
        "sd",
        "sdev",
    ]
)
_KINDS: Final = (
    ("tacho", ("tacho", "tach", "keyphasor", "phasor", "encoder", "trigger", "pulse", "pulses",
               "drehgeber", "tachometer", "tachymètre", "tacómetro", "tacometro", "once", "hall",
               "тахо", "key")),
    ("temperature", ("temp", "temperature", "temperatur", "température", "temperatura", "温度",
                     "온도", "thermo", "thermocouple", "celsius", "oiltemp", "температура",
                     "sıcaklık", "hőmérséklet", "teplota", "tambient", "lämpötila")),
    ("rotational speed", ("rpm", "speed", "drehzahl", "转速", "回転数", "toerental", "otáčky",
                          "velocidad", "vitesse", "giri", "varvtal", "geschwindigkeit")),
    ("sound pressure", ("microphone", "mic", "mikrofon", "micro", "sound", "acoustic", "micrófono",
                        "microfono", "audio", "麦克风", "noise", "schall", "микрофон", "spl")),
    ("pressure", ("press", "pressure", "druck", "pression", "presión", "pressione", "压力",
                  "barometer",
                  "давление")),
    ("current", ("current", "strom", "courant", "corriente", "corrente", "电流", "電流", "ток",
    "amps",
                 "phasecurrent")),
    ("voltage", ("volt", "voltage", "spannung", "tension", "tensión", "tensione", "电压", "battery",
                 "supply", "vbat")),
    ("torque", ("torque", "drehmoment", "couple", "par", "coppia", "扭矩", "moment", "koppel")),
    ("force", ("force", "load", "kraft", "last", "fuerza", "forza", "力", "belastung", "сила",
               "carga",
               "carico", "charge", "hammer")),
    ("angular velocity", ("gyro", "gyroscope", "gx", "gyr", "gyrox", "gyroy", "gyroz",
                          "angularrate",
                          "gyrx", "gyry", "gyrz")),
    ("magnetic flux density", ("mag", "magnetometer", "magx", "magy", "magz", "magnetic")),
    ("humidity", ("humidity", "humid", "feuchte", "humidité", "humedad", "湿度", "rh")),
    ("strain", ("strain", "dehnung")),
    ("power", ("power", "leistung", "watt", "puissance")),
    ("angle", ("angle", "winkel", "degrees", "azimuth")),
    ("label", ("label", "class", "fault", "target", "state", "klasse", "condition", "y_true")),
)  # fmt: skip
# Whole words alone: "par" is torque in Spanish and stands inside "compare".
_STEMS: Final = frozenset({"temp", "tacho", "press", "volt", "gyro", "humid", "thermo",
"drehmoment",
                           "keyphasor", "drehzahl", "mikrofon", "microphone", "strom"})  # fmt: skip


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, without the unit in brackets at its end.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> words_of("SampleRate_Hz"), words_of("Drive end (g)")
    (('sample', 'rate', 'hz'), ('drive', 'end'))
    """
    text = unicodedata.normalize("NFKC", name[:200]).replace("μ", "µ")
    text = _UNIT_AT_END.sub(" ", text)
    spread = _CAMEL.sub(" ", text).lower().replace("'", "’")
    spread = re.sub(r"d’|l’", " ", spread)
    return tuple(word for word in _SPLIT.split(spread) if word)


def unit_in_name(name: str) -> str | None:
    """Return the text in brackets at a name's end, or after its last comma or blank.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    str or None

    Examples
    --------
    >>> unit_in_name("Drive end (g)")
    'g'
    >>> unit_in_name("Drive end") is None
    True
    """
    found = _UNIT_AT_END.search(name)
    if found is not None:
        return found.group(1)
    return None


def _has(words: tuple[str, ...], stems: tuple[str, ...]) -> bool:
    return any(word.startswith(stem) for word in words for stem in stems)


def _joined(words: tuple[str, ...]) -> str:
    return "".join(words)


def is_rate_name(name: str) -> bool:
    """Tell whether a number of this name is a sampling rate.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_rate_name("Sample Rate"), is_rate_name("fs"), is_rate_name("rate")
    (True, True, False)
    """
    words = words_of(name)
    if not words or _has(words, _NOT_A_RATE):
        return False
    bare = tuple(word for word in words if word not in {"hz", "khz", "mhz"})
    if {*words, _joined(words), _joined(bare)} & _RATE_ALONE:
        return True
    text = " ".join(words)
    return any(stem in text for stem in _SAMPLING) and any(stem in text for stem in _FREQUENCY)


def is_interval_name(name: str) -> bool:
    """Tell whether a number of this name is the time between two samples.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_interval_name("dt"), is_interval_name("Tinterval"), is_interval_name("fs")
    (True, True, False)
    """
    words = words_of(name)
    if not words or _has(words, ("count", "number", "calibr", "start", "total", "duration")):
        return False
    timeless = tuple(word for word in words if word not in _TIME_UNITS)
    text = " ".join(timeless)
    if {*timeless[:1] * (len(timeless) == 1), _joined(timeless)} & _INTERVAL_ALONE:
        return True
    if any(f" {text} ".find(f" {phrase} ") >= 0 for phrase in _STEP_OF):
        return True
    return any(stem in text for stem in _SAMPLING) and any(stem in text for stem in _INTERVAL)


_TIME_UNITS: Final = frozenset({"s", "sec", "ms", "us", "µs", "ns", "msec", "usec"})


def is_speed_name(name: str) -> bool:
    """Tell whether a number of this name is a shaft speed.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_speed_name("rpm"), is_speed_name("shaft speed"), is_speed_name("fs")
    (True, True, False)
    """
    words = words_of(name)
    if _has(words, ("max", "min", "sampl", "number", "ratio")):
        return False
    joined = _joined(words)
    if {*words, joined} & _SPEED_ALONE or any(word.endswith("rpm") for word in words):
        return True
    return any(word.startswith(stem) for word in words for stem in _TURNING) and any(
        stem in word for word in words for stem in _FAST
    )


def is_time_name(name: str) -> bool:
    """Tell whether a column of this name holds times.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_time_name("Zeit [s]"), is_time_name("x")
    (True, False)
    """
    words = words_of(name)
    text = " ".join(words)
    return bool(words) and (
        words[0] in _TIME or _DIGITS.sub("", words[0]) in _TIME or words[-1] in _TIME
        or text in _TIME or text.startswith(("x value", "zeit", "time"))
    ) and not _has(words, ("timezone",))  # fmt: skip


def is_counter_name(name: str) -> bool:
    """Tell whether a column of this name numbers the samples.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_counter_name("index"), is_counter_name("drive end")
    (True, False)
    """
    words = words_of(name) or (name.strip().lower(),)
    return words[0] in _COUNTER


def is_frequency_name(name: str) -> bool:
    """Tell whether an axis of this name counts frequencies or orders.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_frequency_name("Frequency (Hz)"), is_frequency_name("Time (s)")
    (True, False)
    """
    words = words_of(name)
    return bool(words) and any(_DIGITS.sub("", word) in _FREQUENCY_AXIS for word in words[:2])


def no_waveform(name: str) -> str | None:
    """Return what a column or array of this name is, where that is no signal over time.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    str or None

    Examples
    --------
    >>> no_waveform("PSD")
    'a power spectral density'
    >>> no_waveform("drive end") is None
    True
    """
    words = words_of(name)
    joined = _joined(words)
    for meaning, known in _NO_WAVEFORM:
        for word in known:
            stripped = [_DIGITS.sub("", each) for each in words]
            if word in stripped or (len(word) > 4 and word in joined):
                return meaning
    return None


def is_feature_name(name: str) -> bool:
    """Tell whether a column of this name holds one number a record, as tables of features do.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_feature_name("Kurtosis"), is_feature_name("drive end")
    (True, False)
    """
    words = words_of(name)
    return bool(words) and bool({*words, _joined(words)} & _FEATURES)


def kind_of_name(name: str) -> str:
    """Return the quantity that a name speaks of where it is no vibration, else an empty text.

    Parameters
    ----------
    name : str
        As it stands in the file.

    Returns
    -------
    str

    Examples
    --------
    >>> kind_of_name("Bearing temperature"), kind_of_name("drive end")
    ('temperature', '')
    """
    words = tuple(_DIGITS.sub("", word) for word in words_of(name))
    joined = _joined(words)
    for kind, known in _KINDS:
        for word in known:
            if word in words or (word in _STEMS and word in joined):
                return kind
            if not word.isascii() and word in joined:
                return kind
    return ""

"""What titles and keys speak of, in the languages that loggers write.

A name is cut into words (`SampleFrequency_Hz` is *sample frequency hz*) and matched by stems, so
that each list stays short. Nothing here knows a value: see `facts` and `axes`.
"""

import re
import unicodedata
from typing import Final

from vibration.formats.vocabulary import (
    COUNTER,
    FAST,
    FEATURES,
    FREQUENCY,
    FREQUENCY_AXIS,
    INTERVAL,
    INTERVAL_ALONE,
    KINDS,
    NO_WAVEFORM,
    NOT_A_RATE,
    RATE_ALONE,
    SAMPLING,
    SPEED_ALONE,
    STEMS,
    STEP_OF,
    TIME,
    TIME_UNITS,
    TURNING,
)

_CAMEL: Final = re.compile(r"(?<=[a-zµ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[^\w°%²µ/]+|_+")
_DIGITS: Final = re.compile(r"\d+$")
_UNIT_AT_END: Final = re.compile(r"[\[(<{]([^\])>}]*)[\])>}]\s*(?::\s*)?$")
_LONGEST_NAME: Final = 200


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
    text = unicodedata.normalize("NFKC", name[:_LONGEST_NAME]).replace("μ", "µ")
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
    found = _UNIT_AT_END.search(name[-_LONGEST_NAME:])
    return found.group(1).strip() if found is not None else None


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
    if not words or _has(words, NOT_A_RATE):
        return False
    bare = tuple(word for word in words if word not in {"hz", "khz", "mhz"})
    if {*words, _joined(words), _joined(bare)} & RATE_ALONE:
        return True
    text = " ".join(words)
    return any(stem in text for stem in SAMPLING) and any(stem in text for stem in FREQUENCY)


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
    timeless = tuple(word for word in words if word not in TIME_UNITS)
    text = " ".join(timeless)
    if {*timeless[:1] * (len(timeless) == 1), _joined(timeless)} & INTERVAL_ALONE:
        return True
    if any(f" {text} ".find(f" {phrase} ") >= 0 for phrase in STEP_OF):
        return True
    return any(stem in text for stem in SAMPLING) and any(stem in text for stem in INTERVAL)


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
    if {*words, joined} & SPEED_ALONE or any(word.endswith("rpm") for word in words):
        return True
    return any(word.startswith(stem) for word in words for stem in TURNING) and any(
        stem in word for word in words for stem in FAST
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
        words[0] in TIME or _DIGITS.sub("", words[0]) in TIME or words[-1] in TIME
        or text in TIME or text.startswith(("x value", "zeit", "time"))
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
    return words[0] in COUNTER


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
    return bool(words) and any(_DIGITS.sub("", word) in FREQUENCY_AXIS for word in words[:2])


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
    for meaning, known in NO_WAVEFORM:
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
    return bool(words) and bool({*words, _joined(words)} & FEATURES)


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
    for kind, known in KINDS:
        for word in known:
            if word in words or (word in STEMS and word in joined):
                return kind
            if not word.isascii() and word in joined:
                return kind
    return ""

"""How the spectrum of one channel changes: STFT, wavelets and Wigner–Ville, as one kind of map."""

from vibration.timefrequency.cwt import cwt_map
from vibration.timefrequency.maps import TimeFrequencyMap
from vibration.timefrequency.stft import stft_map
from vibration.timefrequency.wigner import wigner_ville_map

__all__ = ["TimeFrequencyMap", "cwt_map", "stft_map", "wigner_ville_map"]

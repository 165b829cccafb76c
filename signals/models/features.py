"""The 36 feature columns of a signal, in the order of the registry in `vibration.features`."""

from django.db import models


class FeatureColumns(models.Model):
    """NULL where a feature is undefined for the record, never 0."""

    rms = models.FloatField(null=True, blank=True)
    kurtosis = models.FloatField(null=True, blank=True)
    skewness = models.FloatField(null=True, blank=True)
    crest_factor = models.FloatField(null=True, blank=True)
    shape_factor = models.FloatField(null=True, blank=True)
    impulse_factor = models.FloatField(null=True, blank=True)
    clearance_factor = models.FloatField(null=True, blank=True)
    dominant_frequency = models.FloatField(null=True, blank=True)
    spectral_centroid = models.FloatField(null=True, blank=True)
    spectral_spread = models.FloatField(null=True, blank=True)
    spectral_entropy = models.FloatField(null=True, blank=True)
    spectral_flatness = models.FloatField(null=True, blank=True)
    band_energy_0_500 = models.FloatField(null=True, blank=True)
    band_energy_500_2000 = models.FloatField(null=True, blank=True)
    band_energy_2000_5000 = models.FloatField(null=True, blank=True)
    band_energy_5000_10000 = models.FloatField(null=True, blank=True)
    harmonic_ratio_2x = models.FloatField(null=True, blank=True)
    harmonic_ratio_3x = models.FloatField(null=True, blank=True)
    subsynchronous_ratio = models.FloatField(null=True, blank=True)
    envelope_rms = models.FloatField(null=True, blank=True)
    envelope_kurtosis = models.FloatField(null=True, blank=True)
    envelope_peak = models.FloatField(null=True, blank=True)
    modulation_frequency = models.FloatField(null=True, blank=True)
    wavelet_detail_ratio = models.FloatField(null=True, blank=True)
    wavelet_kurtosis = models.FloatField(null=True, blank=True)
    wavelet_energy_d1 = models.FloatField(null=True, blank=True)
    wavelet_energy_d3 = models.FloatField(null=True, blank=True)
    wavelet_energy_d5 = models.FloatField(null=True, blank=True)
    cepstral_peak_ratio = models.FloatField(null=True, blank=True)
    quefrency_centroid = models.FloatField(null=True, blank=True)
    bispectrum_peak = models.FloatField(null=True, blank=True)
    bispectrum_mean = models.FloatField(null=True, blank=True)
    bispectrum_entropy = models.FloatField(null=True, blank=True)
    bicoherence_max = models.FloatField(null=True, blank=True)
    nonlinearity_index = models.FloatField(null=True, blank=True)
    bispectrum_peak_ratio = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True

"""Vibration science of Bearing Portal: simulation, features, spectra, stores and file formats.

Knows numpy, scipy and h5py; knows nothing of Django.
"""

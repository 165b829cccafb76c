"""Spectra and what is read from them."""

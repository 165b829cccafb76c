"""The cache on Valkey: fails open, counts its hits."""

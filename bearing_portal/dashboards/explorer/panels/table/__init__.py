"""The table of signals."""

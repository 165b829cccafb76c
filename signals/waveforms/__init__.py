"""The samples of a signal, and what is expected of its class."""

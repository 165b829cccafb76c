"""The log: its form, its files, its page."""

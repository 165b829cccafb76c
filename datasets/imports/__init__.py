"""From files that people bring to a dataset: received, read, answered, imported."""

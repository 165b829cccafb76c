"""Numbers of many records: moments, ranking, correlation, references, projection."""

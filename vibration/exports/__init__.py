"""Files that people take away: a dataset, a record."""

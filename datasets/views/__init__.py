"""Pages and answers of datasets."""

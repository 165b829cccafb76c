"""Files of datasets on their way out."""

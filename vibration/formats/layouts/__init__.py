"""One module for each kind of file, and for each published data set of its own layout."""

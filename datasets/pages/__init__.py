"""What the pages of datasets show, read with a constant number of queries."""

"""Whether a dataset is still what was made or brought, and what its page says of that."""

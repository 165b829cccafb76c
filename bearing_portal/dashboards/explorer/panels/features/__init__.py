"""The features: ranked, by group, correlated."""

"""The tests; a package, since a dependency of the readers brings another of this name."""

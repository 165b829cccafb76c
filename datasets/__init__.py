"""Collections of signals: recipe, generation, sharing, download, deletion."""

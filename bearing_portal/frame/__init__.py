"""The frame around every page: home, search, errors, template tags, design."""

"""Text tables: any usual encoding, separator and decimal mark, with key lines, titles and units."""

"""Two to twenty experiments side by side: what differs, and which is better, said over groups."""

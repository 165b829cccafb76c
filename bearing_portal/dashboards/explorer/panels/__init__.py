"""Each panel of the explorer: its data, read for the person who asks, and its layout."""

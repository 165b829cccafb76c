"""Each panel of the explorer: reads for the person who asks, then draws."""

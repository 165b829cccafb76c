"""What every Django room needs and nothing else."""

"""What came out: the files of an experiment, its numbers and how they are shown."""

"""Models trained on a dataset's features: experiments, their scores, their files."""

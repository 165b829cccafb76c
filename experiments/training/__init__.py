"""What is trained: the form, the plan, the rows and the features."""

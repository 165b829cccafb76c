"""Figures of the Data Explorer: numbers in, a drawing out. Nothing here reads a database, and
what is drawn is summed up first: no figure grows with the dataset.
"""

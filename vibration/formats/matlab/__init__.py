"""MATLAB's files: versions 4, 5 and 7.3, and the layouts of published data sets in them."""

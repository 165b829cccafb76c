"""The look of the portal: one list of values from which every theme is built."""

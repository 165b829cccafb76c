"""Outlines of the marks of the fault classes in a 12 × 12 box, by Plotly's symbol names."""

SYMBOL_PATHS = {
    "circle": "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10z",
    "square": "M1.5 1.5h9v9h-9z",
    "diamond": "M6 .6L11.4 6L6 11.4L.6 6z",
    "triangle-up": "M6 1L11.5 10.5H.5z",
    "triangle-down": "M6 11L.5 1.5H11.5z",
    "star": "M6 .5L7.6 4.2L11.6 4.5L8.5 7.1L9.5 11L6 8.9L2.5 11L3.5 7.1L.4 4.5L4.4 4.2z",
    "cross": "M4 1h4v3h3v4H8v3H4V8H1V4h3z",
    "x": "M3.2 .8L6 3.6L8.8 .8l2.4 2.4L8.4 6l2.8 2.8l-2.4 2.4L6 8.4l-2.8 2.8L.8 8.8L3.6 6L.8 3.2z",
    "hexagon": "M6 .5L10.8 3.2V8.8L6 11.5L1.2 8.8V3.2z",
    "pentagon": "M6 .7L11.3 4.6L9.3 10.9H2.7L.7 4.6z",
    "hourglass": "M1.5 1h9L7 6l3.5 5h-9L5 6z",
    "bowtie": "M1 1.5L6 5L11 1.5v9L6 7L1 10.5z",
}

"""Names of the viewer's components, for layout, callbacks and tests."""

URL = "viewer-url"
SCREEN = "viewer-screen"  # store: theme and width of the figures in pixels
SIGNAL = "viewer-signal"  # store: id and label of the shown signal
REGION = "viewer-region"  # store: zoomed span in s
SHOWN = "viewer-shown"  # the part that shows a signal
NOTHING = "viewer-nothing"  # the part that says why there is none
PICKER = "viewer-picker"
MATCHES = "viewer-matches"
STEPS = "viewer-steps"
RANDOM = "viewer-random"
TIME = "viewer-time"
TIME_META = "viewer-time-meta"
SPECTRUM = "viewer-spectrum"
SPECTRUM_META = "viewer-spectrum-meta"
BAND = "viewer-band"  # store: zoomed band in Hz
RANGE = "viewer-range"  # store: low or full
LOW = "viewer-range-low"
FULL = "viewer-range-full"
INSPECTOR = "viewer-inspector"

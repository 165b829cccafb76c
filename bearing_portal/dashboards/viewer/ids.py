"""Names of the viewer's components, for layout, callbacks, scripts and tests."""

# What each part is asked to show: slices of the address, written by `static/viewer/state.js`.
ASK_SIGNAL = "viewer-ask-signal"
ASK_TIME = "viewer-ask-time"
ASK_ANALYSIS = "viewer-ask-analysis"
ASK_KURTOGRAM = "viewer-ask-kurtogram"
ASK_MAP = "viewer-ask-map"
ASK_SIDE = "viewer-ask-side"

SIGNAL = "viewer-signal"  # store: facts of the shown signal that the browser needs
SHOWN = "viewer-shown"  # the part that shows a signal
NOTHING = "viewer-nothing"  # the part that says why there is none
STEPS = "viewer-steps"
FILTER = "viewer-filter"
TIME = "viewer-time"
TIME_META = "viewer-time-meta"
TIME_FOOT = "viewer-time-foot"
ANALYSIS = "viewer-spectrum"
ANALYSIS_META = "viewer-spectrum-meta"
KURTOGRAM = "viewer-kurtogram"
KURTOGRAM_META = "viewer-kurtogram-meta"
PROPOSED = "viewer-proposed"  # store: the band the kurtogram proposes, Hz
BAND_SLIDER = "viewer-band-slider"
MAP = "viewer-map"
MAP_META = "viewer-map-meta"
FOUND = "viewer-found"
INSPECTOR = "viewer-inspector"

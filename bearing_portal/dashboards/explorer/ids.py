"""Names of the explorer's components, for layout, callbacks, scripts and tests."""

# What each part is asked to show: slices of the address, written by `static/explorer/state.js`.
ASK_OVERVIEW = "explorer-ask-overview"
ASK_RANKING = "explorer-ask-ranking"
ASK_FEATURE = "explorer-ask-feature"
ASK_CORRELATION = "explorer-ask-correlation"
ASK_PROJECTION = "explorer-ask-projection"
ASK_TABLE = "explorer-ask-table"

CLASSES = "explorer-classes"
CLASSES_META = "explorer-classes-meta"
BARS = "explorer-bars"
BARS_LEGEND = "explorer-bars-legend"
BARS_META = "explorer-bars-meta"
RANKING = "explorer-ranking"
RANKING_META = "explorer-ranking-meta"
FEATURE = "explorer-feature"
FEATURE_META = "explorer-feature-meta"
FEATURE_NOTE = "explorer-feature-note"
FEATURE_GROUPS = "explorer-feature-groups"
HISTOGRAM = "explorer-histogram"
CORRELATION = "explorer-correlation"
CORRELATION_META = "explorer-correlation-meta"
PAIR = "explorer-pair"  # store: the two features of the scatter
PROJECTION = "explorer-projection"
PROJECTION_META = "explorer-projection-meta"
PROJECTION_NOTE = "explorer-projection-note"
PROJECTION_LEGEND = "explorer-projection-legend"
PROJECTED = "explorer-projected"  # store: what is shown, and what a worker is at
ASKED_FOR = "explorer-asked-for"  # store: the projection that Compute asked for
COMPUTE = "explorer-compute"
TABLE = "explorer-table"
TABLE_META = "explorer-table-meta"
GRID = "explorer-table-grid"
HEADS = "explorer-table-heads"  # store: what the heads of the columns draw
COLUMNS = "explorer-table-columns"  # store: the person's columns
COLUMNS_ASKED = "explorer-ask-columns"

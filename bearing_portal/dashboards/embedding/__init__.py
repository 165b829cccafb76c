"""All that django-plotly-dash needs of us; docs/dash.md explains it."""

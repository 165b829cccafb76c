"""From a state of the viewer to what each panel shows: rows read for the person, then computed."""

"""Menus of features: the 36, and groups that show once the dataset has them measured.

`static/explorer/groups.js` hides what was not measured; the line above the panels says what was.
"""

from dash import html

from vibration.features import FEATURES
from vibration.features.groups import FEATURE_GROUPS


def feature_choice(
    words: str, key: str, first: dict[str, str] | None = None, *, shown: str = ""
) -> html.Label:
    """Return a choice of one feature for a key of the address, after what `first` offers."""
    options = [html.Option(text, value=value) for value, text in (first or {}).items()]
    options += [html.Option(each.title, value=each.name) for each in FEATURES]
    options += [
        html.Optgroup(
            [html.Option(each.title, value=each.name) for each in group.features],
            label=group.title,
            **{"data-feature-group": group.code},
        )
        for group in FEATURE_GROUPS.values()
    ]
    select = html.Select(options, className="form-select is-small", **{"data-key": key})
    name = html.Span(shown) if shown else html.Span(words, className="visually-hidden")
    return html.Label([name, select], className="viewer-field", title=words)

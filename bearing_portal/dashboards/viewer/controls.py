"""Controls of the viewer. What they change stands in their `data-` attributes; the script
`static/viewer/state.js` carries it into the address, and the address into every panel.
"""

from typing import Any

from dash import dcc, html

from bearing_portal.dashboards.embedding.markup import Markup, fixed
from bearing_portal.dashboards.viewer import ids, state
from bearing_portal.dashboards.widgets import choice, segments
from common.text import thousands
from vibration.machines.iso20816 import MACHINE_GROUPS

WINDOW_NAMES = {
    "hann": "Hann",
    "hamming": "Hamming",
    "blackman": "Blackman",
    "flattop": "Flat top",
    "boxcar": "Rectangular",
}
MARK_NAMES = {
    "shaft": "1X 2X 3X",
    "sub": "Sub-sync",
    "mains": "Mains",
    "expected": "Expected",
    "bearing": "Bearing",
    "harmonics": "Harmonics",
    "sidebands": "Side-bands",
}

MAINS = {"": "as known", "50": "50 Hz", "60": "60 Hz"}
OF_SPECTRUM = ("sub", "expected")


def number_field(label: str, key: str, unit: str, placeholder: str) -> Any:
    return html.Label(
        [
            html.Span(label),
            dcc.Input(
                id=f"viewer-in-{key}",
                type="number",
                className="viewer-number",
                placeholder=placeholder,
                autoComplete="off",
            ),
            html.Span(unit, className="text-3"),
        ],
        className="viewer-field",
    )


def pair_field(label: str, key: str, unit: str) -> Any:
    """Two numbers under one key, such as a band."""
    low, high = (
        html.Label(
            [
                html.Span(words, className="visually-hidden"),
                dcc.Input(
                    id=f"viewer-in-{key}-{end}",
                    type="number",
                    className="viewer-number",
                    placeholder="auto",
                    autoComplete="off",
                ),
            ],
            className="is-bare",
        )
        for end, words in (("low", f"{label} from"), ("high", f"{label} to"))
    )
    return html.Div(
        [
            html.Span(label, id=f"viewer-in-{key}-title"),
            low,
            html.Span("to"),
            high,
            html.Span(unit, className="text-3"),
        ],
        className="viewer-field",
        role="group",
        **{"aria-labelledby": f"viewer-in-{key}-title"},
    )


def mark_toggles() -> Any:
    buttons = [
        html.Button(
            [html.Span(className=f"line-sample is-{code}"), name],
            type="button",
            className="layer-toggle",
            **{
                "data-mark": code,
                "data-when": f"tab={'spectrum' if code in OF_SPECTRUM else 'spectrum envelope'}",
                "aria-pressed": "true" if code in state.MARKS_AT_FIRST else "false",
            },
        )
        for code, name in MARK_NAMES.items()
    ]
    return html.Div(buttons, className="layer-toggles", role="group", **{"aria-label": "Marks"})


def time_tools() -> list[Any]:
    quantities = {"acceleration": "Signal", "velocity": "Velocity", "displacement": "Displ."}
    quantities["speed"] = "Speed"
    return [segments("Quantity", "q", quantities)]


def time_options() -> list[Any]:
    groups = {group.code: group.title for group in MACHINE_GROUPS.values()}
    units = {"": "as recorded"} | {unit: unit for unit in state.UNITS}
    return [
        html.Div(number_field("High-pass", "hp", "Hz", "10"), **{"data-integrated": "1"}),
        fixed(
            choice("Machine group and support of ISO 20816-3", "machine", groups, shown="Machine")
        ),
        fixed(choice("Unit in which acceleration is shown", "unit", units, shown="Unit")),
    ]


def quantity_choice() -> list[Any]:
    return [segments("Quantity", "spec", {"psd": "PSD", "amplitude": "Amplitude"})]


def axis_options() -> list[Any]:
    return [
        segments("Level", "scale", {"db": "dB", "linear": "Linear"}),
        segments("Axis", "x", {"hz": "Hz", "orders": "Orders"}),
    ]


def method_menu() -> html.Details:
    """How it is computed and shown; what is seldom changed waits behind one button."""
    lengths = {"": "auto, df ≤ 1.25 Hz"} | {str(n): thousands(n) for n in state.SEGMENTS}
    averages = {"power": "Power", "linear": "Linear", "peak": "Peak hold"}
    of_spectrum = [
        choice("Window", "win", WINDOW_NAMES, shown="Window"),
        choice("Segment", "seg", lengths | {"whole": "whole record"}, shown="Segment"),
        choice("Averaging", "avg", averages, shown="Averages"),
        html.Button(
            "Order tracking",
            type="button",
            className="layer-toggle",
            **{"data-toggle": "track", "aria-pressed": "false"},
        ),
        number_field("Tacho pulses a turn", "ppr", "", "auto"),
    ]
    always = [
        segments("Range", "r", {"": "Low range", "full": "Full range"}),
        segments("Horizontal axis", "log", {"": "Lin", "1": "Log"}),
        choice("Mains frequency", "mains", MAINS, shown="Mains"),
    ]
    body = [html.Div(of_spectrum, **{"data-when": "tab=spectrum"}), html.Div(always)]
    return html.Details(
        [html.Summary("Method", className="layer-toggle"), html.Div(body, className="menu-body")],
        className="viewer-menu",
    )


def envelope_options() -> list[Any]:
    return [
        pair_field("Band", "band", "Hz"),
        html.Div(
            dcc.RangeSlider(
                id=ids.BAND_SLIDER,
                min=0,
                max=1,
                value=[0, 1],
                marks=None,
                updatemode="mouseup",
                allow_direct_input=False,
                allowCross=False,
            ),
            className="band-slider",
        ),
        _small_button("Use proposed", **{"data-use-proposed": "1"}),
        _small_button("Whole band", **{"data-clear": "band"}),
    ]


def _small_button(words: str, **data: str) -> Markup:
    css = "btn btn-secondary is-small"
    return fixed(html.Button(words, type="button", className=css, **data))


def map_options() -> list[Any]:
    windows = {"": "auto"} | {str(n): thousands(n) for n in state.MAP_WINDOWS}
    overlaps = {str(n): f"{n} %" for n in state.MAP_OVERLAPS}
    choices = (
        segments("Method", "tf", {"stft": "STFT", "cwt": "CWT", "wigner": "Wigner–Ville"}),
        choice("Window", "tfw", windows, shown="Window"),
        choice("Overlap", "tfo", overlaps, shown="Overlap"),
        choice("Colours", "map", {name: name for name in state.COLOURS}, shown="Colour"),
    )
    return [*map(fixed, choices), pair_field("Range", "db", "dB")]

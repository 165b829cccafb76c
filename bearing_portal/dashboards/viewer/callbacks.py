"""What the viewer asks the server; each callback asks the selectors with the person first."""

from typing import Any

from dash import ClientsideFunction, Input, Output
from dash.exceptions import PreventUpdate

from bearing_portal.dashboards.embedding.app import PortalDash
from bearing_portal.dashboards.embedding.guard import MESSAGE, guarded
from bearing_portal.dashboards.embedding.markup import markup
from bearing_portal.dashboards.viewer import ids, reading
from bearing_portal.dashboards.viewer.figures.refusal import refusal_figure
from bearing_portal.dashboards.viewer.items import Panel
from bearing_portal.dashboards.viewer.panels.cepstrum import cepstrum_panel
from bearing_portal.dashboards.viewer.panels.envelope import envelope_panel, kurtogram_panel
from bearing_portal.dashboards.viewer.panels.found_lines import found_list
from bearing_portal.dashboards.viewer.panels.inspector.data import side_of
from bearing_portal.dashboards.viewer.panels.inspector.layout import inspector
from bearing_portal.dashboards.viewer.panels.maps import map_panel
from bearing_portal.dashboards.viewer.panels.spectrum import spectrum_panel
from bearing_portal.dashboards.viewer.panels.surroundings import (
    filter_chip,
    legend,
    nothing,
    readout,
    steps,
    whole,
)
from bearing_portal.dashboards.viewer.panels.time import time_panel
from bearing_portal.dashboards.viewer.state import ViewerState, read
from common.errors import NotFound

ANALYSES = {"spectrum": spectrum_panel, "envelope": envelope_panel, "cepstrum": cepstrum_panel}
NONE_CHOSEN = (
    "No signal is chosen",
    "Type an id, a label, a class, a dataset or a tag above, or open one from a dataset.",
)
GONE = "It may have been deleted, or it is not shared with you."


@guarded
def open_signal(asked: Any, *, user: Any) -> tuple[Any, ...]:
    """Find the signal in the address and its neighbours, or say why there is none."""
    if not isinstance(asked, dict):
        raise PreventUpdate
    try:
        opened = reading.opened(user, asked)
    except NotFound as error:
        return None, markup(nothing(error.sentence, GONE)), False, True, "", ""
    if opened is None:
        return None, markup(nothing(*NONE_CHOSEN)), False, True, "", ""
    around = markup(steps(opened.place, opened.signal.pk)), markup(filter_chip(opened))
    return opened.facts, "", True, False, *around


def _empty(*more: Any) -> Any:
    """Return what empties a panel and says why: its figure, no words, and the rest given."""

    def answer(asked: Any, title: str, sentence: str) -> tuple[Any, ...]:
        state = read(asked)
        figure = refusal_figure(title, sentence, theme=state.theme, width_px=state.width_px)
        return figure, "", *more

    return answer


@guarded(instead=_empty(""))
def show_time(asked: Any, *, user: Any) -> tuple[Any, Any, Any]:
    panel = time_panel(user, _state(asked))
    words = markup(legend(panel.meta, list(panel.items)))
    return panel.figure, words, markup(readout(panel.foot))


@guarded(instead=_empty(""))
def show_analysis(asked: Any, *, user: Any) -> tuple[Any, Any, Any]:
    state = _state(asked)
    panel: Panel = ANALYSES[state.tab](user, state)
    return panel.figure, whole(panel.meta), markup(found_list(panel.foot))


@guarded(instead=_empty(None))
def show_kurtogram(asked: Any, *, user: Any) -> tuple[Any, Any, Any]:
    panel = kurtogram_panel(user, _state(asked))
    return panel.figure, panel.meta, panel.foot


@guarded(instead=_empty())
def show_map(asked: Any, *, user: Any) -> tuple[Any, Any]:
    panel = map_panel(user, _state(asked))
    return panel.figure, whole(panel.meta)


@guarded
def show_inspector(asked: Any, *, user: Any) -> str:
    return markup(inspector(side_of(user, _state(asked))))


def register(app: PortalDash) -> None:
    page = (
        Output(ids.SIGNAL, "data"),
        Output(ids.NOTHING, "html"),
        Output(ids.NOTHING, "hidden"),
        Output(ids.SHOWN, "hidden"),
        Output(ids.STEPS, "html"),
        Output(ids.FILTER, "html"),
    )
    app.answers(ids.ASK_SIGNAL, [*page], open_signal)
    of_time = [
        Output(ids.TIME, "figure"),
        Output(ids.TIME_META, "html"),
        Output(ids.TIME_FOOT, "html"),
    ]
    app.answers(ids.ASK_TIME, of_time, show_time)
    _panel(app, ids.ASK_ANALYSIS, ids.ANALYSIS, ids.ANALYSIS_META, _FOUND, show_analysis)
    proposed = (ids.PROPOSED, "data")
    _panel(app, ids.ASK_KURTOGRAM, ids.KURTOGRAM, ids.KURTOGRAM_META, proposed, show_kurtogram)
    _panel(app, ids.ASK_MAP, ids.MAP, ids.MAP_META, None, show_map)
    app.answers(ids.ASK_SIDE, Output(ids.INSPECTOR, "html"), show_inspector)
    _register_browser_side(app)


_FOUND = (ids.FOUND, "html")


def _panel(
    app: PortalDash, asked: str, graph: str, meta: str, more: tuple[str, str] | None, answer: Any
) -> None:
    outputs = [Output(graph, "figure"), Output(meta, "children")]
    outputs += [Output(*more)] if more else []
    app.answers(asked, outputs, answer)


def _register_browser_side(app: PortalDash) -> None:
    """Declare what needs no server: the scripts in `static/viewer/` hold the functions."""

    def in_browser(name: str, output: Any, *inputs: Input) -> None:
        app.clientside_callback(ClientsideFunction("viewer", name), output, [*inputs], [])

    in_browser("start", Output(ids.ASK_SIGNAL, "clear_data"), Input(ids.ASK_SIGNAL, "id"))
    in_browser("opened", Output(ids.SIGNAL, "clear_data"), Input(ids.SIGNAL, "data"))
    in_browser("proposed", Output(ids.PROPOSED, "clear_data"), Input(ids.PROPOSED, "data"))
    slid = Input(ids.BAND_SLIDER, "value")
    in_browser("slide", Output(ids.BAND_SLIDER, "className"), slid)
    in_browser("toast", Output(MESSAGE, "clear_data"), Input(MESSAGE, "data"))


def _state(asked: Any) -> ViewerState:
    state = read(asked)
    if state.signal is None:
        raise PreventUpdate
    return state

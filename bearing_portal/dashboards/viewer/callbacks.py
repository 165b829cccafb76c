"""What the viewer does. Each callback asks the selectors with the person's name first."""

from typing import Any

from dash import ClientsideFunction, Input, Output, State, html
from dash.exceptions import PreventUpdate

from bearing_portal.dashboards.app import PortalDash
from bearing_portal.dashboards.guard import MESSAGE, guarded
from bearing_portal.dashboards.theme import known_theme
from bearing_portal.dashboards.viewer import figures, ids, reading
from bearing_portal.dashboards.viewer.inspector import inspector, nothing, steps
from monitoring.errors import NotFound
from signals.models import Signal
from signals.selectors import signal_get, signal_samples
from vibration.spectra import welch_psd

DEFAULT_WIDTH_PX = 1000
WIDTHS_PX = (200, 4000)
NONE_CHOSEN = (
    "No signal is chosen",
    "Open a dataset and choose one of its signals; the address then keeps it.",
)


@guarded
def open_signal(search: str | None, *, user: Any) -> tuple[Any, ...]:
    """Find the signal in the address: its id for the figures, or why there is none."""
    try:
        pk = reading.asked_signal(search)
        if pk is None:
            return None, nothing(*NONE_CHOSEN), False, True
        signal = signal_get(user, pk)
    except NotFound as error:
        sentence = "It may have been deleted, or it is not shared with you."
        return None, nothing(error.sentence, sentence), False, True
    return {"id": signal.pk, "label": signal.label}, [], True, False


@guarded
def show_time(shown: Any, screen: Any, span_s: Any, *, user: Any) -> tuple[Any, str]:
    signal = _signal(user, shown)
    samples = signal_samples(user, signal)
    region = figures.region_of(_span(span_s), samples.size, signal.fs_hz)
    n_buckets = _width_px(screen)
    figure = figures.time_figure(
        samples,
        region,
        unit=signal.unit,
        theme=_theme(screen),
        n_buckets=n_buckets,
        view=f"{signal.pk} time",
    )
    return figure, figures.time_meta(region, n_buckets)


@guarded
def show_spectrum(
    shown: Any, screen: Any, frequencies: Any, band_hz: Any, *, user: Any
) -> tuple[Any, str]:
    signal = _signal(user, shown)
    samples = signal_samples(user, signal)
    f_hz, psd = welch_psd(samples, signal.fs_hz)
    figure = figures.spectrum_figure(
        f_hz,
        psd,
        unit=signal.unit,
        shaft_hz=signal.shaft_hz,
        is_low=frequencies == "low",
        theme=_theme(screen),
        view=f"{signal.pk} spectrum {frequencies}",
        band_hz=_span(band_hz),
    )
    return figure, figures.spectrum_meta(f_hz, samples.size)


@guarded
def show_inspector(shown: Any, *, user: Any) -> list[Any]:
    signal = _signal(user, shown)
    return inspector(signal, reading.dataset_of(user, signal))


@guarded
def show_steps(shown: Any, *, user: Any) -> list[Any]:
    return steps(reading.place_of(user, _signal(user, shown)))


@guarded
def offer_labels(text: str | None, shown: Any, *, user: Any) -> list[Any]:
    labels = reading.matching(user, _signal(user, shown), text or "")
    return [html.Option(value=label) for label in labels]


@guarded
def pick(_: Any, text: str | None, shown: Any, *, user: Any) -> str:
    signal = _signal(user, shown)
    if not text or text == signal.label:
        raise PreventUpdate
    return f"?signal={reading.signal_labelled(user, signal, text)}"


@guarded
def pick_random(n_clicks: int | None, shown: Any, *, user: Any) -> str:
    pk = reading.random_signal(user, _signal(user, shown))
    if not n_clicks or pk is None:
        raise PreventUpdate
    return f"?signal={pk}"


def register(app: PortalDash) -> None:
    signal, screen = Input(ids.SIGNAL, "data"), Input(ids.SCREEN, "data")
    page = (
        Output(ids.SIGNAL, "data"),
        Output(ids.NOTHING, "children"),
        Output(ids.NOTHING, "hidden"),
        Output(ids.SHOWN, "hidden"),
    )
    app.callback([*page], [Input(ids.URL, "search")])(open_signal)
    time_panel = [Output(ids.TIME, "figure"), Output(ids.TIME_META, "children")]
    app.callback(time_panel, [signal, screen, Input(ids.REGION, "data")])(show_time)
    spectrum_panel = [Output(ids.SPECTRUM, "figure"), Output(ids.SPECTRUM_META, "children")]
    band = (Input(ids.RANGE, "data"), Input(ids.BAND, "data"))
    app.callback(spectrum_panel, [signal, screen, *band])(show_spectrum)
    app.callback(Output(ids.INSPECTOR, "children"), [signal])(show_inspector)
    app.callback(Output(ids.STEPS, "children"), [signal])(show_steps)
    _register_choice(app)
    _register_browser_side(app)


def _register_choice(app: PortalDash) -> None:
    signal, text = State(ids.SIGNAL, "data"), State(ids.PICKER, "value")
    search = Output(ids.URL, "search", allow_duplicate=True)
    later = {"prevent_initial_call": True}
    app.callback(Output(ids.MATCHES, "children"), [Input(ids.PICKER, "value")], [signal], **later)(
        offer_labels
    )
    app.callback(search, [Input(ids.PICKER, "n_submit")], [text, signal], **later)(pick)
    app.callback(search, [Input(ids.RANDOM, "n_clicks")], [signal], **later)(pick_random)


def _register_browser_side(app: PortalDash) -> None:
    """Declare what needs no server: `static/viewer/viewer.js` holds the functions."""

    def in_browser(name: str, output: Any, *inputs: Input) -> None:
        app.clientside_callback(ClientsideFunction("viewer", name), output, [*inputs], [])

    in_browser("screen", Output(ids.SCREEN, "data"), Input(ids.SCREEN, "id"))
    signal, relayout = Input(ids.SIGNAL, "data"), "relayoutData"
    in_browser("zoom", Output(ids.REGION, "data"), Input(ids.TIME, relayout), signal)
    band = (Input(ids.SPECTRUM, relayout), signal, Input(ids.RANGE, "data"))
    in_browser("zoom", Output(ids.BAND, "data"), *band)
    pressed = [Output(name, "aria-pressed") for name in (ids.LOW, ids.FULL)]
    clicks = (Input(ids.LOW, "n_clicks"), Input(ids.FULL, "n_clicks"))
    in_browser("range", [Output(ids.RANGE, "data"), *pressed], *clicks)
    in_browser("label", Output(ids.PICKER, "value"), signal)
    in_browser("toast", Output(MESSAGE, "clear_data"), Input(MESSAGE, "data"))


def _signal(user: Any, shown: Any) -> Signal:
    if not isinstance(shown, dict) or not isinstance(shown.get("id"), int):
        raise PreventUpdate
    return signal_get(user, shown["id"])


def _span(span_s: Any) -> list[float] | None:
    is_span = isinstance(span_s, list) and len(span_s) == 2
    if not is_span or not all(isinstance(edge, int | float) for edge in span_s):
        return None
    return [float(edge) for edge in span_s]


def _theme(screen: Any) -> str:
    return known_theme(screen.get("theme") if isinstance(screen, dict) else None)


def _width_px(screen: Any) -> int:
    width = screen.get("width_px") if isinstance(screen, dict) else None
    width = width if isinstance(width, int) else DEFAULT_WIDTH_PX
    return min(max(width, WIDTHS_PX[0]), WIDTHS_PX[1])

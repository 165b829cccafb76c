"""The class of the portal's Dash apps: a django-plotly-dash app without its traps."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock
from typing import Any

from dash import Input
from dash._utils import to_json
from django.conf import settings
from django_plotly_dash import DjangoDash
from django_plotly_dash.dash_wrapper import WrappedDash

from bearing_portal.dashboards.embedding import compat
from bearing_portal.dashboards.embedding.scripts import Bundle, bundles_of

ALLOWED_KEYWORDS = {"prevent_initial_call"}
# Inside a script element only these can end it, and JSON may write them in another way.
IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
SOURCE = re.compile(r'src="([^"]+)"')

__all__ = ["PortalDash", "compat"]


@dataclass(frozen=True)
class Page:
    """What the page of an app holds, whoever asks for it: JSON for Dash, and its scripts."""

    layout: str
    dependencies: str
    config: str
    bundles: tuple[Bundle, ...]

    @cached_property
    def in_scripts(self) -> tuple[str, ...]:
        """Layout, dependencies and config as they may stand in script elements."""
        parts = (self.layout, self.dependencies, self.config)
        return tuple(text.translate(IN_SCRIPT) for text in parts)


class PortalDash(DjangoDash):  # type: ignore[misc]
    """An app whose callbacks are all guarded and whose requests carry Django's CSRF token.

    `eager` names more scripts that are sent with the page; what a component would fetch by itself
    would come later, one after the other.
    """

    def __init__(self, name: str, *, eager: Sequence[str] = ()) -> None:
        super().__init__(name, serve_locally=True)
        # Not passed to the parent, which warns about every keyword it does not know.
        self._kwargs = {
            "csrf_token_name": settings.CSRF_COOKIE_NAME,
            "csrf_header_name": "X-CSRFToken",
            "update_title": None,
        }
        self._eager = tuple(eager)
        self._lock = Lock()
        self._shared: WrappedDash | None = None
        self._page: Page | None = None

    @property
    def shared(self) -> WrappedDash:
        """The instance of this process, which answers all requests and is on all pages.

        An app does not change once it is declared, and Dash compiles routes as it builds one, which
        two threads must not do at a time.
        """
        if self._shared is None:
            with self._lock:
                self._shared = self._shared or self.as_dash_instance()
        return self._shared

    @property
    def page(self) -> Page:
        """What its pages hold: none of it depends on who asks."""
        if self._page is None:
            instance = self.shared
            with self._lock:
                self._page = self._page or self._written(instance)
        return self._page

    def _written(self, instance: WrappedDash) -> Page:
        answers = (
            instance.locate_endpoint_function(name)().get_data(as_text=True)
            for name in ("dash-layout", "dash-dependencies")
        )
        scripts = SOURCE.findall(instance._generate_scripts_html())
        bundles = bundles_of(scripts, self._eager)
        return Page(*answers, config=to_json(instance._config()), bundles=bundles)

    def form_dash_instance(self, *args: Any, **values: Any) -> WrappedDash:
        instance = super().form_dash_instance(*args, **values)
        of_libraries = instance.scripts.get_library_scripts
        instance.scripts.get_all_scripts = partial(of_libraries, self._libraries())
        return instance

    def _libraries(self) -> set[str]:
        """Return the packages that the app needs: dash would send what any app of the process uses.

        A library beside Dash's own must stand in the layout; no callback brings in a new one.
        """
        components = (self.layout, *self.layout._traverse())
        found = {type(each).__module__.partition(".")[0] for each in components}
        return found | {"dash"}

    def answers(self, store: str, outputs: Any, function: Callable[..., Any]) -> None:
        """Declare what answers a question that a script puts into a store, and nothing before."""
        asked = [Input(store, "data")]
        self.callback(outputs, asked, prevent_initial_call=True)(function)

    def callback(self, *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Declare a guarded callback; what django-plotly-dash cannot carry out is refused here."""
        if unknown := set(kwargs) - ALLOWED_KEYWORDS:
            raise TypeError(f"django-plotly-dash does not carry out {', '.join(sorted(unknown))}.")
        if any(isinstance(arg, dict) for arg in args):
            raise TypeError("django-plotly-dash does not understand inputs or outputs in a dict.")
        declare = super().callback(*args, **kwargs)

        def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
            if not getattr(function, "is_guarded", False):
                raise TypeError(f"{function.__name__} is not guarded.")
            declared: Callable[..., Any] = declare(function)
            return declared

        return wrap

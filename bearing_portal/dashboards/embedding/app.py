"""The class of the portal's Dash apps: a django-plotly-dash app without its traps."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

from dash import Input
from django.conf import settings
from django_plotly_dash import DjangoDash
from django_plotly_dash.dash_wrapper import WrappedDash

from bearing_portal.dashboards.embedding import compat

ALLOWED_KEYWORDS = {"prevent_initial_call"}
# What every app needs but dash fetches only when the first figure appears, one after the other.
EAGER_SCRIPTS = (
    {"namespace": "plotly", "relative_package_path": "package_data/plotly.min.js"},
    {"namespace": "dash", "relative_package_path": "dcc/async-graph.js"},
)

__all__ = ["PortalDash", "compat"]


class PortalDash(DjangoDash):  # type: ignore[misc]
    """An app whose callbacks are all guarded and whose requests carry Django's CSRF token.

    `eager` names more scripts that are sent with the page; what a component fetches by itself comes
    later, and under a name without a version, which no browser keeps.
    """

    def __init__(self, name: str, *, eager: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(name, serve_locally=True)
        # Not passed to the parent, which warns about every keyword it does not know.
        self._kwargs = {
            "csrf_token_name": settings.CSRF_COOKIE_NAME,
            "csrf_header_name": "X-CSRFToken",
            "update_title": None,
        }
        for script in (*EAGER_SCRIPTS, *eager):
            self.scripts.append_script({**script, "attributes": {"defer": "defer"}})

    @cached_property
    def shared(self) -> WrappedDash:
        """The instance that answers requests: apps do not change once they are declared."""
        instance = self.as_dash_instance()
        instance._generate_scripts_html()  # makes known which files of which packages it serves
        return instance

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

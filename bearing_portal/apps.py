from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "bearing_portal"
    verbose_name = "Bearing Portal"

    def ready(self) -> None:
        # Dash needs its repairs before the first app is declared, and apps are declared on import.
        import_module("bearing_portal.dashboards.embedding.compat")
        import_module("monitoring.accounts.lockout")

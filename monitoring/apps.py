from importlib import import_module

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.kinds import register_sweeper
        from monitoring.services.samples import minute_maintenance

        import_module("monitoring.account_signals")
        register_sweeper(minute_maintenance)

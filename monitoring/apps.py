from importlib import import_module

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.health.samples import minute_maintenance
        from monitoring.jobs.kinds import register_sweeper

        import_module("monitoring.accounts.signals")
        register_sweeper(minute_maintenance)

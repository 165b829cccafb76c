from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.kinds import register_sweeper
        from signals.references import references_sweep

        register_sweeper(references_sweep)

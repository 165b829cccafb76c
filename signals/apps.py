from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.jobs.kinds import JobKind, Queue, register_kind, register_sweeper
        from monitoring.retention import register_pruner
        from signals.projections.services import PROJECT, projections_sweep
        from signals.services.feature_groups import MEASURE
        from signals.services.removal import REMOVE
        from signals.uploads.services import uploads_prune, uploads_sweep
        from signals.waveforms.references import references_sweep

        register_kind(
            JobKind(
                code=PROJECT,
                entry="signals.jobs.project",
                queue=Queue.SHORT,
                sweep=projections_sweep,
            )
        )
        register_kind(JobKind(code=MEASURE, entry="signals.jobs.measure", queue=Queue.LONG))
        register_kind(
            JobKind(
                code=REMOVE,
                entry="signals.jobs.remove",
                queue=Queue.SHORT,
                is_limited=False,
                is_cancellable=False,
            )
        )
        register_sweeper(references_sweep)
        register_pruner("uploads", uploads_prune)
        register_sweeper(uploads_sweep)

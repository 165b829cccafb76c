from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "signals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.jobs.kinds import JobKind, Later, Queue, register_kind, register_sweeper
        from monitoring.retention import register_pruner
        from signals.kinds import MEASURE, PROJECT, REMOVE

        register_kind(
            JobKind(
                code=PROJECT,
                entry="signals.jobs.project",
                queue=Queue.SHORT,
                sweep=Later("signals.projections.services.projections_sweep"),
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
        register_sweeper(Later("common.storage.work.making_sweep"))
        register_sweeper(Later("signals.waveforms.references.references_sweep"))
        register_pruner("uploads", Later("signals.uploads.services.uploads_prune"))
        register_sweeper(Later("signals.uploads.services.uploads_sweep"))

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datasets.imports.selectors import IMPORT, READ
        from datasets.imports.services.drafts import drafts_prune, drafts_sweep
        from datasets.services.counting import class_counts_refresh
        from datasets.services.creation import GENERATE
        from datasets.services.files import files_sweep
        from datasets.services.following import dataset_follow_job
        from monitoring.jobs.kinds import JobKind, Queue, register_kind
        from monitoring.retention import register_pruner
        from signals.services.labels import register_relabel_follower

        register_kind(
            JobKind(
                code=GENERATE,
                entry="datasets.jobs.generate",
                queue=Queue.LONG,
                changed=dataset_follow_job,
                sweep=files_sweep,
            )
        )
        register_kind(
            JobKind(
                code=READ, entry="datasets.jobs.read_import", queue=Queue.SHORT, sweep=drafts_sweep
            )
        )
        register_kind(
            JobKind(
                code=IMPORT,
                entry="datasets.jobs.import_dataset",
                queue=Queue.LONG,
                changed=dataset_follow_job,
            )
        )
        register_pruner("imports", drafts_prune)
        register_relabel_follower(class_counts_refresh)

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datasets.kinds import GENERATE
        from monitoring.jobs.kinds import JobKind, Later, Queue, register_kind
        from signals.services.labels import register_relabel_follower

        register_kind(
            JobKind(
                code=GENERATE,
                entry="datasets.jobs.generate",
                queue=Queue.LONG,
                changed=Later("datasets.services.following.dataset_follow_job"),
                sweep=Later("datasets.services.files.files_sweep"),
            )
        )
        register_relabel_follower(Later("datasets.services.counting.class_counts_refresh"))

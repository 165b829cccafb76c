from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "experiments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datasets.losses import register_loss
        from experiments.kinds import TRAIN
        from monitoring.jobs.kinds import JobKind, Later, Queue, register_kind

        register_loss(Later("experiments.selectors.models_lost_with"))
        register_kind(
            JobKind(
                code=TRAIN,
                entry="experiments.jobs.train",
                queue=Queue.TRAIN,
                at_once=1,
                changed=Later("experiments.services.following.experiment_follow_job"),
                sweep=Later("experiments.files.files_sweep"),
            )
        )

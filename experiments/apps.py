from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "experiments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datasets.pages.losses import register_loss
        from experiments.kinds import INSIGHT, PREDICT, TRAIN, TRANSFER
        from monitoring.jobs.kinds import JobKind, Later, Queue, register_kind

        register_loss(Later("experiments.selectors.models_lost_with"))
        register_kind(
            JobKind(
                code=TRAIN,
                entry="experiments.jobs.train",
                queue=Queue.TRAIN,
                at_once=1,
                changed=Later("experiments.services.following.experiment_follow_job"),
                sweep=Later("experiments.results.files.files_sweep"),
            )
        )
        register_kind(
            JobKind(
                code=INSIGHT,
                entry="experiments.jobs.insight",
                queue=Queue.TRAIN,
                at_once=1,
                is_limited=False,  # nobody asked for it, so it takes no training's place
                changed=Later("experiments.services.following.insight_follow_job"),
            )
        )
        register_kind(
            JobKind(
                code=PREDICT,
                entry="experiments.jobs.predict",
                queue=Queue.TRAIN,
            )
        )
        register_kind(
            JobKind(
                code=TRANSFER,
                entry="experiments.jobs.transfer",
                queue=Queue.TRAIN,
                sweep=Later("experiments.transfer.files.transfers_sweep"),
            )
        )

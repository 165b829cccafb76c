from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "datasets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datasets.kinds import BUILD, COMPOSE, GENERATE, IMPORT, PARTS, READ, VERIFY
        from monitoring.jobs.kinds import JobKind, Later, Queue, register_kind
        from monitoring.retention import register_pruner
        from signals.services.versions import register_version_follower

        follow = Later("datasets.services.following.dataset_follow_job")
        audience = Later("datasets.services.hints.job_audience")
        register_kind(
            JobKind(
                code=GENERATE,
                entry="datasets.jobs.generate",
                queue=Queue.LONG,
                changed=follow,
                audience=audience,
                sweep=Later("datasets.services.files.files_sweep"),
            )
        )
        for code, entry in PARTS.items():
            register_kind(
                JobKind(
                    code=code,
                    entry=entry,
                    queue=Queue.LONG,
                    at_once=Later("datasets.services.parts.parts_at_once"),
                    is_limited=False,
                )
            )
        register_kind(
            JobKind(
                code=READ,
                entry="datasets.jobs.read_import",
                queue=Queue.SHORT,
                sweep=Later("datasets.imports.services.drafts.drafts_sweep"),
            )
        )
        register_kind(
            JobKind(
                code=IMPORT,
                entry="datasets.jobs.import_dataset",
                queue=Queue.LONG,
                changed=follow,
                audience=audience,
            )
        )
        register_kind(
            JobKind(
                code=BUILD,
                entry="datasets.jobs.build_download",
                queue=Queue.LONG,
                sweep=Later("datasets.services.downloads.downloads_sweep"),
            )
        )
        register_kind(
            JobKind(
                code=COMPOSE,
                entry="datasets.jobs.compose",
                queue=Queue.LONG,
                changed=follow,
                audience=audience,
            )
        )
        register_kind(JobKind(code=VERIFY, entry="datasets.jobs.verify", queue=Queue.LONG))
        register_pruner("downloads", Later("datasets.services.downloads.downloads_prune"))
        register_pruner("trash", Later("datasets.services.trash.trash_prune"))
        register_pruner("imports", Later("datasets.imports.services.drafts.drafts_prune"))
        register_version_follower(Later("datasets.services.versions.versions_follow"))

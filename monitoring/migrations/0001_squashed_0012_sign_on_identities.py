import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from common.database.migrating import FirstMigration

GUARD = """
CREATE FUNCTION monitoring_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The actor's account may go, what happened stays.
        IF NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'System events are never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF current_setting('portal.events_retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'System events are removed by retention only.'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER monitoring_event_guard BEFORE UPDATE OR DELETE ON monitoring_systemevent
    FOR EACH ROW EXECUTE FUNCTION monitoring_event_guard();
"""
NO_GUARD = """
DROP TRIGGER monitoring_event_guard ON monitoring_systemevent;
DROP FUNCTION monitoring_event_guard();
"""


class Migration(FirstMigration):
    replaces = [
        ("monitoring", "0001_initial"),
        ("monitoring", "0002_health_samples_and_daily_counts"),
        ("monitoring", "0003_accounts_and_request_ids"),
        ("monitoring", "0004_events_append_only"),
        ("monitoring", "0005_time_zone"),
        ("monitoring", "0006_remove_daily_counts"),
        ("monitoring", "0007_mains"),
        ("monitoring", "0008_api_tokens"),
        ("monitoring", "0009_event_about"),
        ("monitoring", "0010_event_about_index"),
        ("monitoring", "0011_security_events"),
        ("monitoring", "0012_sign_on_identities"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.SlugField(
                        help_text="What it does, for example generate-dataset.", max_length=40
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "url",
                    models.CharField(
                        blank=True, help_text="Page of the thing worked on.", max_length=200
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("completed", "Completed"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress_done", models.PositiveIntegerField(default=0)),
                ("progress_total", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("max_attempts", models.PositiveSmallIntegerField(default=2)),
                ("cancel_requested", models.BooleanField(default=False)),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="One sentence for the person.", max_length=500
                    ),
                ),
                (
                    "incident_id",
                    models.CharField(
                        blank=True, help_text="Finds the stack in the log.", max_length=32
                    ),
                ),
                (
                    "host",
                    models.CharField(
                        blank=True,
                        help_text="Machine and process namespace of the work horse.",
                        max_length=120,
                    ),
                ),
                (
                    "pid",
                    models.PositiveIntegerField(
                        blank=True, help_text="Work horse's process id.", null=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "queued_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request_id",
                    models.CharField(
                        blank=True,
                        help_text="Request that made it; finds its lines in the log.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
                "indexes": [
                    models.Index(fields=["owner", "-created_at"], name="job_owner_newest"),
                    models.Index(
                        condition=models.Q(("status__in", ["queued", "running"])),
                        fields=["status", "heartbeat_at"],
                        name="job_active_heartbeat",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["queued", "running", "completed", "failed", "cancelled"],
                            )
                        ),
                        name="job_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress_done__lte", models.F("progress_total"))),
                        name="job_progress_within_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running"]),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="job_finished_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobLogLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "level",
                    models.CharField(
                        choices=[("info", "Info"), ("warning", "Warning"), ("error", "Error")],
                        default="info",
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log_lines",
                        to="monitoring.job",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("info", "Info"),
                            ("success", "Success"),
                            ("warning", "Warning"),
                            ("error", "Error"),
                        ],
                        default="info",
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(blank=True, max_length=200)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["user", "-id"],
                        name="notice_unread",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SystemEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, editable=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("login", "Logged in"),
                            ("login-failed", "Log-in failed"),
                            ("logout", "Logged out"),
                            ("locked", "Log-in paused"),
                            ("access", "Access changed"),
                            ("created", "Created"),
                            ("completed", "Completed"),
                            ("deleted", "Deleted"),
                            ("restored", "Restored"),
                            ("removed", "Removed for good"),
                            ("exported", "Exported"),
                            ("shared", "Sharing changed"),
                            ("edited", "Edited"),
                            ("relabelled", "Relabelled"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="Name of the thing, kept when it is gone.", max_length=200
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="system_events",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Key of the thing.",
                        max_length=40,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["kind", "-at"], name="event_kind_newest"),
                    models.Index(
                        condition=models.Q(("about", ""), _negated=True),
                        fields=["about", "-id"],
                        name="event_about_newest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HealthSample",
            fields=[
                (
                    "at",
                    models.DateTimeField(
                        help_text="Begin of the minute.", primary_key=True, serialize=False
                    ),
                ),
                ("cpu_percent", models.FloatField(blank=True, null=True)),
                ("memory_percent", models.FloatField(blank=True, null=True)),
                ("disk_percent", models.FloatField(blank=True, null=True)),
                ("gpu_percent", models.FloatField(blank=True, null=True)),
                ("gpu_memory_percent", models.FloatField(blank=True, null=True)),
                ("jobs_running", models.PositiveIntegerField(blank=True, null=True)),
                ("jobs_waiting", models.PositiveIntegerField(blank=True, null=True)),
                ("longest_wait_s", models.FloatField(blank=True, null=True)),
                ("workers", models.PositiveIntegerField(blank=True, null=True)),
                ("database_connections", models.PositiveIntegerField(blank=True, null=True)),
                ("database_bytes", models.PositiveBigIntegerField(blank=True, null=True)),
                ("valkey_bytes", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "valkey_evicted",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Since Valkey's start.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="UserSettings",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="portal_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                        default="system",
                        max_length=10,
                    ),
                ),
                (
                    "page_size",
                    models.PositiveSmallIntegerField(
                        choices=[(25, "25"), (50, "50"), (100, "100")], default=50
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Empty: the browser's.",
                        max_length=64,
                    ),
                ),
                (
                    "mains_hz",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(50, "50 Hz"), (60, "60 Hz")],
                        help_text="Empty: that of the site.",
                        null=True,
                        verbose_name="mains frequency (Hz)",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "user settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("theme__in", ["system", "light", "dark"])),
                        name="settings_theme_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("page_size__in", [25, 50, 100])),
                        name="settings_page_size_offered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mains_hz__isnull", True), ("mains_hz__in", [50, 60]), _connector="OR"
                        ),
                        name="settings_mains_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ready", "Something of mine is ready"),
                            ("failed", "Something of mine failed"),
                            ("news", "Other news"),
                        ],
                        max_length=10,
                    ),
                ),
                ("in_portal", models.BooleanField(default=True)),
                ("by_email", models.BooleanField(default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["user", "kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind"), name="notice_choice_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="UserSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("session_key", models.CharField(editable=False, max_length=40, unique=True)),
                ("user_agent", models.CharField(blank=True, max_length=300)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portal_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_at", "-id"],
                "indexes": [models.Index(fields=["user", "-seen_at"], name="session_of_user")],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Where it is used, for example Test rig 3.", max_length=60
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        editable=False,
                        help_text="SHA-256 of the token, in hex.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "hint",
                    models.CharField(
                        editable=False, help_text="How the token begins.", max_length=12
                    ),
                ),
                (
                    "may_write",
                    models.BooleanField(default=False, verbose_name="create, import and label"),
                ),
                ("may_train", models.BooleanField(default=False, verbose_name="train and predict")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty: it does not expire.", null=True
                    ),
                ),
                ("used_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="token_digest_sha256",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOnIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "used_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_on_identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "sign-on identities",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="identity_once")
                ],
            },
        ),
        migrations.RunSQL(
            sql=GUARD,
            reverse_sql=NO_GUARD,
        ),
    ]

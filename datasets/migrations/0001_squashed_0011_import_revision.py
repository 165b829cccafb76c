import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from common.database.migrating import FirstMigration


class Migration(FirstMigration):
    replaces = [
        ("datasets", "0001_initial"),
        ("datasets", "0002_recorded"),
        ("datasets", "0003_imports"),
        ("datasets", "0004_import_load"),
        ("datasets", "0005_pulses_and_faults"),
        ("datasets", "0006_downloads"),
        ("datasets", "0007_trash"),
        ("datasets", "0008_verifications"),
        ("datasets", "0009_generation_parts"),
        ("datasets", "0010_sources"),
        ("datasets", "0011_import_revision"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("monitoring", "0001_squashed_0012_sign_on_identities"),
        ("signals", "0001_squashed_0022_list_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recipe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seed", models.PositiveBigIntegerField(default=0)),
                (
                    "per_class",
                    models.PositiveIntegerField(
                        default=100, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                ("augmentation", models.BooleanField(default=True)),
                (
                    "fs_hz",
                    models.FloatField(
                        default=20480, validators=[django.core.validators.MinValueValidator(1000)]
                    ),
                ),
                (
                    "duration_s",
                    models.FloatField(
                        default=5, validators=[django.core.validators.MaxValueValidator(60)]
                    ),
                ),
                (
                    "shaft_hz",
                    models.FloatField(
                        default=60, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "mains_hz",
                    models.FloatField(
                        default=50, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                ("fingerprint", models.CharField(db_index=True, max_length=64)),
                (
                    "classes",
                    models.ManyToManyField(related_name="recipes", to="signals.faultclass"),
                ),
                (
                    "noises",
                    models.ManyToManyField(
                        blank=True, related_name="recipes", to="signals.noisesource"
                    ),
                ),
                (
                    "severities",
                    models.ManyToManyField(related_name="recipes", to="signals.severity"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("duration_s__gte", 0.1),
                            ("duration_s__lte", 60),
                            ("fs_hz__gte", 1000),
                            ("fs_hz__lte", 200000),
                            ("per_class__gte", 1),
                            ("shaft_hz__gte", 1),
                            ("shaft_hz__lte", 1000),
                        ),
                        name="recipe_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dataset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "description",
                    models.TextField(blank=True, help_text="Markdown.", max_length=10000),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("generating", "Generating"),
                            ("importing", "Importing"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                (
                    "n_planned",
                    models.PositiveIntegerField(
                        help_text="Signals the recipe asks for; of an import its files."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="datasets",
                        to="monitoring.job",
                    ),
                ),
                (
                    "store",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dataset",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "recipe",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dataset",
                        to="datasets.recipe",
                    ),
                ),
                (
                    "citation",
                    models.CharField(blank=True, db_default="", default="", max_length=1000),
                ),
                (
                    "licence",
                    models.CharField(blank=True, db_default="", default="", max_length=200),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("simulated", "Simulated"), ("recorded", "Recorded")],
                        db_default="simulated",
                        default="simulated",
                        max_length=10,
                    ),
                ),
                (
                    "trashed_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When it was thrown away, if it was.",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["-created_at"], name="dataset_newest"),
                    models.Index(
                        condition=models.Q(("trashed_at__isnull", False)),
                        fields=["trashed_at"],
                        name="dataset_trashed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "ready"), _negated=True),
                            ("ready_at__isnull", False),
                            _connector="OR",
                        ),
                        name="dataset_ready_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "queued",
                                    "generating",
                                    "importing",
                                    "ready",
                                    "failed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="dataset_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["simulated", "recorded"])),
                        name="dataset_origin_known",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("trashed_at__isnull", True)),
                        name="dataset_name_once",
                        violation_error_message="This name is taken. Choose another one.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n_signals", models.PositiveIntegerField()),
                (
                    "fault_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signals.faultclass",
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="class_counts",
                        to="datasets.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["fault_class__position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dataset", "fault_class"), name="class_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("licence", models.CharField(blank=True, max_length=100)),
                ("citation", models.CharField(blank=True, max_length=500)),
                ("keeps_originals", models.BooleanField(default=True)),
                (
                    "segment_samples",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(64)],
                    ),
                ),
                (
                    "overlap_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(95)]
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(db_index=True, help_text="It is deleted by itself then."),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        help_text="What it became, or is to be added to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="import_drafts",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="import_drafts",
                        to="monitoring.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "changed_in",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="The window that changed it last.",
                        max_length=32,
                    ),
                ),
                (
                    "revision",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="Grows with each answer and each word of the dataset.",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="import_draft_expires_after_creation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(help_text="As its owner calls it.", max_length=400)),
                (
                    "stored",
                    models.CharField(
                        help_text="Name of the bytes on disk.", max_length=60, unique=True
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("received_bytes", models.PositiveBigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("coming", "On its way"),
                            ("received", "Not read yet"),
                            ("read", "Read"),
                            ("refused", "Refused"),
                            ("beside", "Beside a recording"),
                        ],
                        default="coming",
                        max_length=10,
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("format", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="Of the file, its folder or name, or a CSV.",
                        max_length=100,
                    ),
                ),
                ("is_left_out", models.BooleanField(default=False)),
                ("fs_hz", models.FloatField(blank=True, null=True)),
                ("rpm", models.FloatField(blank=True, null=True)),
                ("unit", models.CharField(blank=True, max_length=10)),
                ("specimen", models.CharField(blank=True, max_length=100)),
                ("run", models.CharField(blank=True, max_length=100)),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="datasets.importdraft",
                    ),
                ),
                (
                    "fault_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="signals.faultclass",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="signals.severity",
                    ),
                ),
                (
                    "load",
                    models.CharField(blank=True, default="", help_text="As stated.", max_length=60),
                ),
                ("fault_location", models.CharField(blank=True, default="", max_length=100)),
                (
                    "fault_size_mm",
                    models.FloatField(blank=True, null=True, verbose_name="fault size (mm)"),
                ),
                (
                    "pulses_per_turn",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of the tacho in the file.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                    ),
                ),
            ],
            options={
                "ordering": ["path"],
                "constraints": [
                    models.UniqueConstraint(fields=("draft", "path"), name="import_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(("received_bytes__lte", models.F("size_bytes"))),
                        name="import_file_received_within_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["coming", "received", "read", "refused", "beside"])
                        ),
                        name="import_file_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "coming"),
                            ("received_bytes", models.F("size_bytes")),
                            _connector="OR",
                        ),
                        name="import_file_received_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportChannel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recording",
                    models.PositiveIntegerField(help_text="Which recording of the file, from 0."),
                ),
                (
                    "position",
                    models.PositiveIntegerField(
                        help_text="Which channel of the recording, from 0."
                    ),
                ),
                ("recording_name", models.CharField(blank=True, max_length=100)),
                ("name", models.CharField(max_length=100)),
                ("n_samples", models.PositiveBigIntegerField()),
                ("fs_hz", models.FloatField(blank=True, null=True)),
                ("fs_source", models.CharField(blank=True, max_length=20)),
                ("rpm", models.FloatField(blank=True, null=True)),
                ("rpm_source", models.CharField(blank=True, max_length=20)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("unit_source", models.CharField(blank=True, max_length=20)),
                ("quantity", models.CharField(blank=True, max_length=40)),
                ("is_vibration", models.BooleanField(default=True)),
                ("is_measurable", models.BooleanField(default=True)),
                ("is_tacho", models.BooleanField(default=False)),
                (
                    "waits_for_rate",
                    models.BooleanField(
                        default=False, help_text="A rate given for the file holds for it."
                    ),
                ),
                ("is_kept", models.BooleanField(default=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="datasets.importfile",
                    ),
                ),
            ],
            options={
                "ordering": ["recording", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "recording", "position"), name="import_channel_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fs_hz", models.FloatField()),
                ("source", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, max_length=200)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rates",
                        to="datasets.importchannel",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ImportRemark",
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
                        choices=[("question", "Open"), ("left_out", "Left out")], max_length=10
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        help_text="The fact asked for, or what is left out.", max_length=200
                    ),
                ),
                ("sentence", models.CharField(max_length=500)),
                ("proposal_hz", models.FloatField(blank=True, null=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="datasets.importfile",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["question", "left_out"])),
                        name="import_remark_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportSpecimen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "bearing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="signals.bearing",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="specimens",
                        to="datasets.importdraft",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("draft", "name"), name="import_specimen_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("hdf5", "HDF5"),
                            ("npz", "NumPy"),
                            ("mat", "MATLAB"),
                            ("archive", "Archive"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        blank=True,
                        help_text="Filter and selection, as in the explorer's address.",
                        max_length=4000,
                    ),
                ),
                (
                    "store_version",
                    models.PositiveIntegerField(help_text="Of the labels that are in it."),
                ),
                ("n_signals", models.PositiveIntegerField(default=0)),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        help_text="Empty until the file is whole.",
                        null=True,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="downloads",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="downloads",
                        to="monitoring.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="downloads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["owner", "dataset"], name="download_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["hdf5", "npz", "mat", "archive"])),
                        name="download_format_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "row",
                    models.PositiveIntegerField(
                        blank=True, help_text="Of one record alone.", null=True
                    ),
                ),
                (
                    "sample",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many are drawn; empty: all.", null=True
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("record", "Record"), ("file", "File")], max_length=10
                    ),
                ),
                ("n_checked", models.PositiveIntegerField(default=0)),
                ("n_different", models.PositiveIntegerField(default=0)),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="verifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verifications",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="verifications",
                        to="monitoring.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("row", None), ("sample", None), _connector="OR"),
                        name="verification_row_or_sample",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["record", "file"])),
                        name="verification_unit_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "sample",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="Number of the first sample that differs.", null=True
                    ),
                ),
                ("sentence", models.CharField(max_length=500)),
                (
                    "verification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="datasets.verification",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="GenerationPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("first_row", models.PositiveIntegerField()),
                ("n_rows", models.PositiveIntegerField()),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="monitoring.job",
                    ),
                ),
            ],
            options={
                "ordering": ["dataset", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "number"), name="part_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("n_rows__gt", 0)), name="part_has_rows"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DatasetSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="Its place among the sources, from 0."
                    ),
                ),
                ("name", models.CharField(help_text="What it was called then.", max_length=100)),
                ("version", models.PositiveIntegerField(help_text="Of its labels.")),
                (
                    "query",
                    models.CharField(
                        blank=True,
                        help_text="Filter, as in the explorer's address; empty: all.",
                        max_length=4000,
                    ),
                ),
                (
                    "part",
                    models.CharField(blank=True, help_text="The part in words.", max_length=200),
                ),
                ("n_signals", models.PositiveIntegerField()),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty once it is gone.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="became",
                        to="datasets.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["dataset", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dataset", "position"), name="source_place_once"
                    )
                ],
            },
        ),
    ]

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from common.database.migrating import FirstMigration


class Migration(FirstMigration):
    replaces = [
        ("signals", "0001_initial"),
        ("signals", "0002_uploads"),
        ("signals", "0003_bearings"),
        ("signals", "0004_explorer"),
        ("signals", "0005_explorer_index"),
        ("signals", "0006_table_columns"),
        ("signals", "0007_stores_on_their_way_out"),
        ("signals", "0008_originals_index"),
        ("signals", "0009_kept_selections"),
        ("signals", "0010_projection_names"),
        ("signals", "0011_recordings"),
        ("signals", "0012_recordings_index"),
        ("signals", "0013_feature_groups"),
        ("signals", "0014_proposed_bearings"),
        ("signals", "0015_mains"),
        ("signals", "0016_pulses_and_faults"),
        ("signals", "0017_versions_and_splits"),
        ("signals", "0018_first_versions"),
        ("signals", "0019_projected_features"),
        ("signals", "0020_members"),
        ("signals", "0021_label_reviews"),
        ("signals", "0022_list_columns"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("monitoring", "0001_squashed_0012_sign_on_identities"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FaultClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("short_name", models.CharField(max_length=40)),
                (
                    "label_prefix",
                    models.CharField(
                        help_text="Begins the label of each signal, as in OWH-0047.",
                        max_length=4,
                        unique=True,
                    ),
                ),
                (
                    "family",
                    models.CharField(
                        choices=[("journal", "Journal bearing"), ("rolling", "Rolling bearing")],
                        default="journal",
                        max_length=10,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="Order on every page.", unique=True),
                ),
                (
                    "colour",
                    models.CharField(
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-f]{6}$", "Write the colour as # and six hex digits."
                            )
                        ],
                    ),
                ),
                (
                    "symbol",
                    models.CharField(
                        help_text="Plotly marker symbol, the second cue.", max_length=20
                    ),
                ),
                ("dash", models.CharField(help_text="Plotly line dash.", max_length=40)),
                (
                    "signature",
                    models.CharField(
                        blank=True, help_text="What it does to a signal.", max_length=300
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "fault classes",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="NoiseSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=60, unique=True)),
                ("position", models.PositiveSmallIntegerField(unique=True)),
                (
                    "model",
                    models.CharField(help_text="What is added to the signal.", max_length=200),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Severity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=40, unique=True)),
                ("level", models.PositiveSmallIntegerField(unique=True)),
                ("factor_low", models.FloatField()),
                ("factor_high", models.FloatField()),
                (
                    "colour_light",
                    models.CharField(
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-f]{6}$", "Write the colour as # and six hex digits."
                            )
                        ],
                    ),
                ),
                (
                    "colour_dark",
                    models.CharField(
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-f]{6}$", "Write the colour as # and six hex digits."
                            )
                        ],
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "severities",
                "ordering": ["level"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("factor_high__lte", 1),
                            ("factor_low__gte", 0),
                            ("factor_low__lt", models.F("factor_high")),
                        ),
                        name="severity_factors_ordered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                (
                    "format",
                    models.CharField(help_text="The layout it was recognised by.", max_length=40),
                ),
                (
                    "size_bytes",
                    models.PositiveBigIntegerField(verbose_name="size of the file (bytes)"),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "expires_at",
                    models.DateTimeField(db_index=True, help_text="It is deleted by itself then."),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="upload_expires_after_creation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("manufacturer", models.CharField(blank=True, max_length=80)),
                (
                    "n_elements",
                    models.PositiveSmallIntegerField(
                        help_text="Balls or rollers in one row.",
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="rolling elements",
                    ),
                ),
                (
                    "element_diameter_mm",
                    models.FloatField(
                        help_text="d, of one ball or roller; the mean one if tapered.",
                        verbose_name="element diameter (mm)",
                    ),
                ),
                (
                    "pitch_diameter_mm",
                    models.FloatField(
                        help_text="D, of the circle through the elements' centres.",
                        verbose_name="pitch diameter (mm)",
                    ),
                ),
                (
                    "contact_angle_deg",
                    models.FloatField(default=0, verbose_name="contact angle (°)"),
                ),
                (
                    "source",
                    models.TextField(
                        help_text="Where this geometry is published, and what in it is approximate.",
                        max_length=500,
                    ),
                ),
                (
                    "is_proposed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Until a curator accepts it.",
                        verbose_name="proposed",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposed_bearings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="bearing_name_once",
                        violation_error_message="There is a bearing of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contact_angle_deg__gte", 0),
                            ("contact_angle_deg__lt", 90),
                            ("element_diameter_mm__gt", 0),
                            ("n_elements__gte", 3),
                            ("n_elements__lte", 500),
                            ("pitch_diameter_mm__gt", models.F("element_diameter_mm")),
                        ),
                        name="bearing_can_be_built",
                        violation_error_message="No bearing can be built from these numbers.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalStore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "visibility",
                    models.CharField(
                        choices=[("private", "Private"), ("shared", "Shared")],
                        default="private",
                        max_length=10,
                    ),
                ),
                (
                    "folder",
                    models.CharField(
                        blank=True,
                        help_text="Below the data folder; empty until it is whole.",
                        max_length=200,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="Part of every cache key."),
                ),
                ("n_signals", models.PositiveIntegerField(default=0)),
                ("size_bytes", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        help_text="Nobody: it is on its way out, and nobody sees it.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signal_stores",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stores",
                        to="signals.upload",
                    ),
                ),
                (
                    "bearing",
                    models.ForeignKey(
                        blank=True,
                        help_text="In which the signals were measured, where a signal names no other.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="stores",
                        to="signals.bearing",
                    ),
                ),
                (
                    "removed_by",
                    models.OneToOneField(
                        blank=True,
                        help_text="The job that removes its signals and files.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="monitoring.job",
                    ),
                ),
                (
                    "n_shards",
                    models.PositiveIntegerField(
                        db_default=0,
                        default=0,
                        help_text="0: the folder holds one file of all signals.",
                    ),
                ),
                (
                    "mains_hz",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(50, "50 Hz"), (60, "60 Hz")],
                        help_text="Where the signals were recorded, unless a signal says other.",
                        null=True,
                        verbose_name="mains frequency (Hz)",
                    ),
                ),
                (
                    "attic_of",
                    models.OneToOneField(
                        blank=True,
                        help_text="The store whose removed signals it holds. It belongs to nobody.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attic",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "is_trashed",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Thrown away; nobody sees it until it is back.",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["visibility", "owner"], name="store_who_may_see")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("visibility__in", ["private", "shared"])),
                        name="store_visibility_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("upload__isnull", True), ("visibility", "private"), _connector="OR"
                        ),
                        name="store_of_upload_private",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("mains_hz__isnull", True), ("mains_hz__in", [50, 60]), _connector="OR"
                        ),
                        name="store_mains_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Projection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("store_version", models.PositiveIntegerField()),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="The filter, as in a URL.", max_length=2000
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("pca", "PCA"), ("tsne", "t-SNE"), ("umap", "UMAP-like")],
                        max_length=4,
                    ),
                ),
                ("perplexity", models.FloatField(default=30)),
                ("n_neighbours", models.PositiveIntegerField(default=15)),
                ("min_dist", models.FloatField(default=0.1)),
                ("metric", models.CharField(default="euclidean", max_length=12)),
                ("seed", models.PositiveIntegerField(default=0)),
                (
                    "key",
                    models.CharField(
                        help_text="Hash of all that decides it.", max_length=64, unique=True
                    ),
                ),
                ("is_done", models.BooleanField(default=False, help_text="Its file is whole.")),
                ("n_points", models.PositiveIntegerField(default=0)),
                (
                    "n_signals",
                    models.PositiveIntegerField(
                        default=0, help_text="Of the filter, drawn or not."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("used_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="projections",
                        to="monitoring.job",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="projections",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "features",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Codes of families and groups of features, with commas; empty: the 36.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["pca", "tsne", "umap"])),
                        name="projection_method_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TableColumn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From the left, from 0.")),
                ("code", models.CharField(max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="table_columns",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("signals", "Signals of the explorer"),
                            ("experiments", "List of experiments"),
                        ],
                        db_default="signals",
                        default="signals",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "ordering": ["user", "table", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "table", "code"), name="table_column_once"
                    ),
                    models.UniqueConstraint(
                        fields=("user", "table", "position"), name="table_column_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("table__in", ["signals", "experiments"])),
                        name="table_column_table_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="Name of its folder below the store's."),
                ),
                ("first_row", models.PositiveIntegerField()),
                ("n_rows", models.PositiveIntegerField()),
                ("fs_hz", models.FloatField(verbose_name="sampling rate (Hz)")),
                ("n_samples", models.PositiveBigIntegerField()),
                ("unit", models.CharField(max_length=10)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shards",
                        to="signals.signalstore",
                    ),
                ),
            ],
            options={
                "ordering": ["store", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("store", "number"), name="shard_number_once"),
                    models.UniqueConstraint(
                        fields=("store", "first_row"), name="shard_first_row_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n_rows__gt", 0)), name="shard_holds_rows"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Specimen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "bearing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="specimens",
                        to="signals.bearing",
                        verbose_name="bearing type",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="specimens",
                        to="signals.signalstore",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "name"),
                        name="specimen_name_once",
                        violation_error_message="There is a specimen of this name in the dataset.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "specimen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="signals.specimen",
                    ),
                ),
            ],
            options={
                "ordering": ["specimen", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("specimen", "name"), name="run_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
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
                        help_text="As it was brought, with folders.",
                        max_length=250,
                        verbose_name="file",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        blank=True, help_text="Which recording of its file.", max_length=100
                    ),
                ),
                ("part_number", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                (
                    "size_bytes",
                    models.PositiveBigIntegerField(verbose_name="size of the file (bytes)"),
                ),
                ("format", models.CharField(max_length=40, verbose_name="layout")),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "fs_source",
                    models.CharField(blank=True, max_length=80, verbose_name="source of the rate"),
                ),
                (
                    "rpm_source",
                    models.CharField(blank=True, max_length=80, verbose_name="source of the speed"),
                ),
                (
                    "unit_source",
                    models.CharField(blank=True, max_length=80, verbose_name="source of the unit"),
                ),
                (
                    "load",
                    models.CharField(
                        blank=True, help_text="As stated, with its unit.", max_length=60
                    ),
                ),
                (
                    "fault_size_mm",
                    models.FloatField(blank=True, null=True, verbose_name="fault size (mm)"),
                ),
                ("fault_location", models.CharField(blank=True, max_length=100)),
                (
                    "position",
                    models.PositiveIntegerField(
                        blank=True, help_text="Number in its run, from 1.", null=True
                    ),
                ),
                (
                    "has_original",
                    models.BooleanField(default=False, help_text="The file itself is kept."),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="recordings",
                        to="signals.run",
                    ),
                ),
                (
                    "specimen",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="recordings",
                        to="signals.specimen",
                    ),
                ),
                (
                    "fault_source",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=80,
                        verbose_name="source of fault size and location",
                    ),
                ),
                (
                    "pulses_per_turn",
                    models.PositiveIntegerField(
                        blank=True, help_text="Of the tacho that was recorded with it.", null=True
                    ),
                ),
                (
                    "pulses_source",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=80,
                        verbose_name="source of the pulses per turn",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "sha256", "part_number"), name="recording_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("position__isnull", False), ("run__isnull", False)),
                        fields=("run", "position"),
                        name="recording_place_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("run__isnull", True), ("specimen__isnull", False), _connector="OR"
                        ),
                        name="recording_of_run_has_specimen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rms", models.FloatField(blank=True, null=True)),
                ("kurtosis", models.FloatField(blank=True, null=True)),
                ("skewness", models.FloatField(blank=True, null=True)),
                ("crest_factor", models.FloatField(blank=True, null=True)),
                ("shape_factor", models.FloatField(blank=True, null=True)),
                ("impulse_factor", models.FloatField(blank=True, null=True)),
                ("clearance_factor", models.FloatField(blank=True, null=True)),
                ("dominant_frequency", models.FloatField(blank=True, null=True)),
                ("spectral_centroid", models.FloatField(blank=True, null=True)),
                ("spectral_spread", models.FloatField(blank=True, null=True)),
                ("spectral_entropy", models.FloatField(blank=True, null=True)),
                ("spectral_flatness", models.FloatField(blank=True, null=True)),
                ("band_energy_0_500", models.FloatField(blank=True, null=True)),
                ("band_energy_500_2000", models.FloatField(blank=True, null=True)),
                ("band_energy_2000_5000", models.FloatField(blank=True, null=True)),
                ("band_energy_5000_10000", models.FloatField(blank=True, null=True)),
                ("harmonic_ratio_2x", models.FloatField(blank=True, null=True)),
                ("harmonic_ratio_3x", models.FloatField(blank=True, null=True)),
                ("subsynchronous_ratio", models.FloatField(blank=True, null=True)),
                ("envelope_rms", models.FloatField(blank=True, null=True)),
                ("envelope_kurtosis", models.FloatField(blank=True, null=True)),
                ("envelope_peak", models.FloatField(blank=True, null=True)),
                ("modulation_frequency", models.FloatField(blank=True, null=True)),
                ("wavelet_detail_ratio", models.FloatField(blank=True, null=True)),
                ("wavelet_kurtosis", models.FloatField(blank=True, null=True)),
                ("wavelet_energy_d1", models.FloatField(blank=True, null=True)),
                ("wavelet_energy_d3", models.FloatField(blank=True, null=True)),
                ("wavelet_energy_d5", models.FloatField(blank=True, null=True)),
                ("cepstral_peak_ratio", models.FloatField(blank=True, null=True)),
                ("quefrency_centroid", models.FloatField(blank=True, null=True)),
                ("bispectrum_peak", models.FloatField(blank=True, null=True)),
                ("bispectrum_mean", models.FloatField(blank=True, null=True)),
                ("bispectrum_entropy", models.FloatField(blank=True, null=True)),
                ("bicoherence_max", models.FloatField(blank=True, null=True)),
                ("nonlinearity_index", models.FloatField(blank=True, null=True)),
                ("bispectrum_peak_ratio", models.FloatField(blank=True, null=True)),
                ("row", models.PositiveIntegerField(help_text="Row in the store's file.")),
                ("label", models.CharField(max_length=60)),
                ("fs_hz", models.FloatField(verbose_name="sampling rate (Hz)")),
                ("n_samples", models.PositiveBigIntegerField()),
                ("unit", models.CharField(default="g", max_length=10)),
                ("severity_factor", models.FloatField(blank=True, null=True)),
                ("progresses", models.BooleanField(default=False)),
                ("rpm", models.FloatField(blank=True, null=True, verbose_name="speed (rpm)")),
                ("load_percent", models.FloatField(blank=True, null=True, verbose_name="load (%)")),
                (
                    "temperature_c",
                    models.FloatField(blank=True, null=True, verbose_name="temperature (°C)"),
                ),
                (
                    "sommerfeld",
                    models.FloatField(blank=True, null=True, verbose_name="Sommerfeld number"),
                ),
                (
                    "reynolds",
                    models.FloatField(blank=True, null=True, verbose_name="Reynolds number"),
                ),
                (
                    "clearance_ratio",
                    models.FloatField(blank=True, null=True, verbose_name="clearance ratio C/R"),
                ),
                (
                    "transient",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("speed_ramp", "Speed ramp"),
                            ("load_step", "Load step"),
                            ("thermal_growth", "Thermal growth"),
                        ],
                        default="none",
                        max_length=20,
                    ),
                ),
                ("augmented", models.BooleanField(default=False)),
                (
                    "source_row",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Row of the record an augmented copy was made from.",
                        null=True,
                    ),
                ),
                ("seed_key", models.CharField(blank=True, max_length=80)),
                (
                    "rank_in_class",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Random order within the class: the first N are a fair sample of N.",
                    ),
                ),
                (
                    "fault_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="signals.faultclass",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="signals.severity",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "tags",
                    models.ManyToManyField(blank=True, related_name="signals", to="signals.tag"),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="As the file names it.",
                        max_length=60,
                    ),
                ),
                (
                    "bearing",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty: that of the specimen, else of the store.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="signals",
                        to="signals.bearing",
                    ),
                ),
                (
                    "segment",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Number in its recording, from 1; empty: the whole of it.",
                        null=True,
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="signals",
                        to="signals.recording",
                    ),
                ),
                (
                    "mains_hz",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[(50, "50 Hz"), (60, "60 Hz")],
                        help_text="Empty: that of the store.",
                        null=True,
                        verbose_name="mains frequency (Hz)",
                    ),
                ),
            ],
            options={
                "ordering": ["store", "row"],
                "indexes": [
                    models.Index(
                        fields=["store", "fault_class", "rank_in_class"], name="signal_sample"
                    ),
                    models.Index(fields=["store", "rms"], name="signal_rms"),
                    models.Index(fields=["store", "kurtosis"], name="signal_kurtosis"),
                    models.Index(fields=["store", "rpm"], name="signal_rpm"),
                    models.Index(fields=["store", "load_percent"], name="signal_load"),
                    models.Index(
                        condition=models.Q(("bearing__isnull", False)),
                        fields=["bearing"],
                        name="signal_own_bearing",
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Collate(
                            django.db.models.functions.text.Upper("label"), "C"
                        ),
                        name="signal_label_beginning",
                    ),
                    models.Index(
                        fields=["store", "fault_class", "severity"],
                        include=("augmented", "rms", "rpm", "load_percent", "rank_in_class"),
                        name="signal_counted",
                    ),
                    models.Index(
                        condition=models.Q(("recording__isnull", False)),
                        fields=["recording", "row"],
                        name="signal_of_recording",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("store", "row"), name="signal_row_once"),
                    models.UniqueConstraint(fields=("store", "label"), name="signal_label_once"),
                    models.CheckConstraint(
                        condition=models.Q(("fs_hz__gt", 0)), name="signal_rate_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("augmented", True), ("source_row__isnull", True), _connector="OR"
                        ),
                        name="signal_source_only_of_copies",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("start_s", models.FloatField(blank=True, null=True)),
                ("end_s", models.FloatField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to="signals.signal",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_s__isnull", True), ("start_s__isnull", True)),
                            models.Q(("end_s__gte", models.F("start_s")), ("start_s__gte", 0)),
                            _connector="OR",
                        ),
                        name="annotation_span_ordered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "query",
                    models.CharField(
                        blank=True,
                        help_text="Of the address, without its question mark.",
                        max_length=2000,
                    ),
                ),
                (
                    "is_shared",
                    models.BooleanField(
                        default=False, help_text="Everybody may open it.", verbose_name="shared"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "selected",
                    models.ManyToManyField(
                        blank=True,
                        db_constraint=False,
                        help_text="What an area drawn upon a projection held: the projection goes, these stay.",
                        related_name="+",
                        to="signals.signal",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_shared", True)),
                        fields=["name"],
                        name="saved_view_shared",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("owner"),
                        django.db.models.functions.text.Lower("name"),
                        name="saved_view_name_once",
                        violation_error_message="You have a view of this name. Choose another one.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalFeatures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=40)),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(null=True),
                        help_text="NULL where the record does not carry a feature.",
                        size=None,
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feature_groups",
                        to="signals.signal",
                    ),
                ),
            ],
            options={
                "ordering": ["signal", "group"],
                "constraints": [
                    models.UniqueConstraint(fields=("signal", "group"), name="signal_features_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StoreFeatures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=40)),
                (
                    "stamp",
                    models.UUIDField(
                        editable=False,
                        help_text="Part of cache keys; empty until it is measured.",
                        null=True,
                    ),
                ),
                (
                    "n_known",
                    models.PositiveIntegerField(default=0, help_text="Signals with a value."),
                ),
                ("measured_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="monitoring.job",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feature_groups",
                        to="signals.signalstore",
                    ),
                ),
            ],
            options={
                "ordering": ["store", "group"],
                "constraints": [
                    models.UniqueConstraint(fields=("store", "group"), name="store_features_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("relabelled", "Relabelled"),
                            ("added", "Added"),
                            ("removed", "Removed"),
                            ("undone", "Undone"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("n_signals", models.PositiveIntegerField(help_text="That it holds.")),
                (
                    "n_rows",
                    models.PositiveIntegerField(
                        help_text="Of the files, those removed among them."
                    ),
                ),
                ("n_relabelled", models.PositiveIntegerField(default=0)),
                ("n_added", models.PositiveIntegerField(default=0)),
                ("n_removed", models.PositiveIntegerField(default=0)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_by",
                        to="signals.version",
                    ),
                ),
            ],
            options={
                "ordering": ["store", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("store", "number"), name="version_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("act__in", ["made", "relabelled", "added", "removed", "undone"])
                        ),
                        name="version_act_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Split",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("specimen", "Specimen"),
                            ("run", "Run"),
                            ("recording", "Recording"),
                            ("none", "Single signals"),
                        ],
                        max_length=10,
                    ),
                ),
                ("seed", models.PositiveIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="splits",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="splits",
                        to="signals.version",
                    ),
                ),
            ],
            options={
                "ordering": ["store", "-created_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("store"),
                        django.db.models.functions.text.Lower("name"),
                        name="split_name_once",
                        violation_error_message="The dataset has a split of this name. Choose another one.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by__in", ["specimen", "run", "recording", "none"])),
                        name="split_by_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalPast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.PositiveIntegerField()),
                ("until", models.PositiveIntegerField()),
                (
                    "is_absent",
                    models.BooleanField(
                        default=False, help_text="It was removed in these versions."
                    ),
                ),
                (
                    "fault_class",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signals.faultclass",
                    ),
                ),
                (
                    "severity",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signals.severity",
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past",
                        to="signals.signal",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past",
                        to="signals.signalstore",
                    ),
                ),
            ],
            options={
                "ordering": ["signal", "until"],
                "indexes": [models.Index(fields=["store", "until"], name="signal_past_of_store")],
                "constraints": [
                    models.UniqueConstraint(fields=("signal", "until"), name="signal_past_once"),
                    models.CheckConstraint(
                        condition=models.Q(("since__lt", models.F("until"))),
                        name="signal_past_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SplitMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "split_id",
                        "signal_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("side", models.PositiveSmallIntegerField(help_text="Position of the side.")),
                (
                    "signal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="split_members",
                        to="signals.signal",
                    ),
                ),
                (
                    "split",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="signals.split",
                    ),
                ),
            ],
            options={
                "ordering": ["split", "signal"],
                "indexes": [
                    models.Index(fields=["split", "side", "signal"], name="split_member_of_side")
                ],
            },
        ),
        migrations.CreateModel(
            name="SplitSide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="From 0.")),
                ("name", models.CharField(max_length=20)),
                ("ratio", models.FloatField(help_text="Asked for, of 1.")),
                ("n_signals", models.PositiveIntegerField()),
                ("n_groups", models.PositiveIntegerField()),
                (
                    "split",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to="signals.split",
                    ),
                ),
            ],
            options={
                "ordering": ["split", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("split", "position"), name="split_side_place"),
                    models.UniqueConstraint(fields=("split", "name"), name="split_side_name"),
                    models.CheckConstraint(
                        condition=models.Q(("ratio__gt", 0), ("ratio__lt", 1)),
                        name="split_side_ratio",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoreMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "may_label",
                    models.BooleanField(
                        default=False, help_text="May change labels and tags, beside reading."
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="store_memberships",
                        to="auth.group",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="signals.signalstore",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="store_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", True), ("user__isnull", False)),
                            models.Q(("group__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="store_member_is_one",
                    ),
                    models.UniqueConstraint(
                        fields=("store", "user"), name="store_member_user_once"
                    ),
                    models.UniqueConstraint(
                        fields=("store", "group"), name="store_member_group_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reviewed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "fault_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="signals.faultclass",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="signals.signal",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("signal", "fault_class"), name="label_review_once"
                    )
                ],
            },
        ),
    ]

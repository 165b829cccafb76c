import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from common.database.migrating import FirstMigration


class Migration(FirstMigration):
    replaces = [
        ("experiments", "0001_initial"),
        ("experiments", "0002_predictions"),
        ("experiments", "0003_insights"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("datasets", "0001_squashed_0011_import_revision"),
        ("monitoring", "0001_squashed_0012_sign_on_identities"),
        ("signals", "0001_squashed_0022_list_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Experiment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("training", "Training"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("notes", models.CharField(blank=True, max_length=2000)),
                ("is_archived", models.BooleanField(default=False, verbose_name="archived")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="experiments",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="experiments",
                        to="monitoring.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="experiments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["-created_at", "-id"], name="experiment_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "training", "ready", "failed", "cancelled"])
                        ),
                        name="experiment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "ready"), _negated=True),
                            ("ready_at__isnull", False),
                            _connector="OR",
                        ),
                        name="experiment_ready_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperimentConfig",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="The filter, as in a URL.", max_length=2000
                    ),
                ),
                (
                    "model",
                    models.CharField(
                        choices=[
                            ("forest", "Random forest"),
                            ("svm", "SVM, RBF kernel"),
                            ("linear_svm", "SVM, linear"),
                            ("gradient_boosting", "Gradient boosting"),
                            ("knn", "Nearest neighbours"),
                            ("logistic", "Logistic regression"),
                            ("majority", "Majority class"),
                        ],
                        default="forest",
                        max_length=20,
                    ),
                ),
                (
                    "top_k",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Features that each fold keeps; empty: all.",
                        null=True,
                    ),
                ),
                (
                    "n_tries",
                    models.PositiveIntegerField(
                        default=0, help_text="Sets of parameters that a search tries; 0: none."
                    ),
                ),
                ("seed", models.PositiveBigIntegerField(default=0)),
                (
                    "protocol",
                    models.CharField(
                        choices=[
                            ("group", "Folds by group"),
                            ("leave-out", "Leave one value out"),
                            ("split", "The dataset's split"),
                        ],
                        default="group",
                        max_length=10,
                    ),
                ),
                (
                    "held_out",
                    models.CharField(
                        blank=True,
                        help_text="The condition that is left out, or the split.",
                        max_length=100,
                    ),
                ),
                (
                    "experiment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="config",
                        to="experiments.experiment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("protocol__in", ["group", "leave-out", "split"])),
                        name="experiment_protocol_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_out", ""), ("protocol", "group")),
                            models.Q(
                                models.Q(("protocol", "group"), _negated=True),
                                models.Q(("held_out", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="experiment_held_out_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperimentFeature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                (
                    "config",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="features",
                        to="experiments.experimentconfig",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("config", "name"), name="experiment_feature_once"
                    ),
                    models.UniqueConstraint(
                        fields=("config", "position"), name="experiment_feature_place"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperimentParameter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("value", models.FloatField()),
                (
                    "config",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parameters",
                        to="experiments.experimentconfig",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("config", "name"), name="experiment_parameter_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperimentResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(help_text="Below the storage folder.", max_length=200)),
                ("n_signals", models.PositiveIntegerField()),
                ("n_groups", models.PositiveIntegerField()),
                (
                    "groups_are",
                    models.CharField(help_text="What several groups are called.", max_length=60),
                ),
                ("protocol", models.CharField(help_text="In words.", max_length=300)),
                ("score", models.FloatField(verbose_name="accuracy by the protocol")),
                (
                    "low",
                    models.FloatField(
                        blank=True, null=True, verbose_name="lower limit of the score"
                    ),
                ),
                (
                    "high",
                    models.FloatField(
                        blank=True, null=True, verbose_name="upper limit of the score"
                    ),
                ),
                (
                    "random_score",
                    models.FloatField(verbose_name="accuracy of the mirrored random split"),
                ),
                ("majority", models.FloatField(verbose_name="accuracy of the most frequent class")),
                ("gap", models.FloatField(verbose_name="random score − score")),
                ("gap_low", models.FloatField(blank=True, null=True)),
                ("gap_high", models.FloatField(blank=True, null=True)),
                ("balanced_accuracy", models.FloatField()),
                ("macro_f1", models.FloatField()),
                ("warning", models.TextField(blank=True)),
                ("seconds", models.FloatField(verbose_name="time of the training (s)")),
                (
                    "fit_s",
                    models.FloatField(
                        help_text="Of the model that is kept.", verbose_name="time of one fit (s)"
                    ),
                ),
                (
                    "predict_s",
                    models.FloatField(
                        help_text="Of one row, by itself.", verbose_name="time of a prediction (s)"
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="Of rows, classes, groups and features.", max_length=64
                    ),
                ),
                (
                    "rows_fingerprint",
                    models.CharField(help_text="The same without features.", max_length=64),
                ),
                ("predictions_sha256", models.CharField(max_length=64)),
                ("model_sha256", models.CharField(max_length=64)),
                ("model_bytes", models.PositiveBigIntegerField()),
                ("sklearn_version", models.CharField(max_length=20)),
                ("numpy_version", models.CharField(max_length=20)),
                ("scipy_version", models.CharField(max_length=20)),
                ("python_version", models.CharField(max_length=20)),
                (
                    "experiment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="result",
                        to="experiments.experiment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["score"], name="experiment_score")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("random_score__gte", 0),
                            ("random_score__lte", 1),
                            ("score__gte", 0),
                            ("score__lte", 1),
                        ),
                        name="experiment_scores_are_shares",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExperimentTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="experiments.experiment",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("experiment"),
                        django.db.models.functions.text.Lower("name"),
                        name="experiment_tag_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "run",
                    models.CharField(
                        choices=[
                            ("scored", "By the protocol"),
                            ("mirrored", "Mirrored at random"),
                            ("majority", "Majority class"),
                        ],
                        max_length=10,
                    ),
                ),
                ("repeat", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("n_train", models.PositiveIntegerField()),
                ("n_test", models.PositiveIntegerField()),
                ("accuracy", models.FloatField()),
                ("fit_s", models.FloatField(verbose_name="processor time of training (s)")),
                ("predict_s", models.FloatField(verbose_name="processor time of testing (s)")),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="folds",
                        to="experiments.experiment",
                    ),
                ),
            ],
            options={
                "ordering": ["experiment", "-run", "repeat", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("experiment", "run", "repeat", "number"),
                        name="experiment_fold_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PredictionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="Of the explorer's address.", max_length=4000
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prediction_runs",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prediction_runs",
                        to="experiments.experiment",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="prediction_runs",
                        to="monitoring.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prediction_runs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SignalPrediction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("answered", "Answered"),
                            ("abstains", "Abstains"),
                            ("unlike", "Unlike training"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        help_text="Code of the class; empty where there is no answer.",
                        max_length=60,
                    ),
                ),
                (
                    "kept",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="The set at 90 %.",
                        size=None,
                    ),
                ),
                (
                    "probability",
                    models.FloatField(
                        blank=True, help_text="Of the most probable class.", null=True
                    ),
                ),
                ("distance", models.FloatField(blank=True, null=True)),
                ("refusal", models.CharField(blank=True, max_length=400)),
                (
                    "was_trained_on",
                    models.BooleanField(
                        default=False,
                        help_text="Then this is what the model said before it had seen its group.",
                    ),
                ),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="predictions",
                        to="experiments.experiment",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="predictions",
                        to="experiments.predictionrun",
                    ),
                ),
                (
                    "signal",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="predictions",
                        to="signals.signal",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run", "outcome", "answer"], name="prediction_counted")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("experiment", "signal"), name="prediction_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["answered", "abstains", "unlike", "refused"])
                        ),
                        name="prediction_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome", "answered"), models.Q(("answer", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("outcome", "answered"), _negated=True), ("answer", "")
                            ),
                            _connector="OR",
                        ),
                        name="prediction_answer_where_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(default="forest", max_length=20)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfers_from",
                        to="datasets.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="transfer_runs",
                        to="monitoring.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_runs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfers_to",
                        to="datasets.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="transfer_of_two_datasets",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Insight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_no_better",
                    models.BooleanField(
                        default=False,
                        help_text="Then shuffling features harms nothing, and only the curve is measured.",
                        verbose_name="no better than the majority",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "experiment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insight",
                        to="experiments.experiment",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="insights",
                        to="monitoring.job",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Importance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "features",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("mean", models.FloatField(verbose_name="mean over folds")),
                ("sd", models.FloatField(verbose_name="standard deviation over folds")),
                (
                    "insight",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="importances",
                        to="experiments.insight",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("insight", "position"), name="importance_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "n_groups",
                    models.PositiveIntegerField(verbose_name="groups of each class in training"),
                ),
                ("accuracy", models.FloatField()),
                (
                    "insight",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="experiments.insight",
                    ),
                ),
            ],
            options={
                "ordering": ["n_groups"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("insight", "n_groups"), name="learning_point_once"
                    )
                ],
            },
        ),
    ]

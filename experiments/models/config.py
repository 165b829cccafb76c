from urllib.parse import parse_qsl, urlencode

from django.db import models
from django.db.models import Q

from experiments.models.experiment import Experiment
from vibration.features.groups import codes_of


class ExperimentConfig(models.Model):
    """All that decides an experiment beside the rows of its dataset."""

    class Model(models.TextChoices):
        FOREST = "forest", "Random forest"
        SVM = "svm", "SVM, RBF kernel"
        LINEAR_SVM = "linear_svm", "SVM, linear"
        GRADIENT_BOOSTING = "gradient_boosting", "Gradient boosting"
        KNN = "knn", "Nearest neighbours"
        LOGISTIC = "logistic", "Logistic regression"
        MAJORITY = "majority", "Majority class"

    class Protocol(models.TextChoices):
        GROUP = "group", "Folds by group"
        LEAVE_OUT = "leave-out", "Leave one value out"
        SPLIT = "split", "The dataset's split"

    experiment = models.OneToOneField(Experiment, on_delete=models.CASCADE, related_name="config")
    query = models.CharField(max_length=2000, blank=True, help_text="The filter, as in a URL.")
    model = models.CharField(max_length=20, choices=Model, default=Model.FOREST)
    top_k = models.PositiveIntegerField(
        null=True, blank=True, help_text="Features that each fold keeps; empty: all."
    )
    n_tries = models.PositiveIntegerField(
        default=0, help_text="Sets of parameters that a search tries; 0: none."
    )
    seed = models.PositiveBigIntegerField(default=0)
    protocol = models.CharField(max_length=10, choices=Protocol, default=Protocol.GROUP)
    held_out = models.CharField(
        max_length=100, blank=True, help_text="The condition that is left out, or the split."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="experiment_protocol_known",
                condition=Q(protocol__in=["group", "leave-out", "split"]),
            ),
            models.CheckConstraint(
                name="experiment_held_out_named",
                condition=Q(protocol="group", held_out="")
                | (~Q(protocol="group") & ~Q(held_out="")),
            ),
        ]

    def __str__(self) -> str:
        return f"config of {self.experiment_id}"

    @property
    def _protocol_code(self) -> str:
        if self.protocol == self.Protocol.SPLIT:
            return f"split:{self.held_out}"
        return self.held_out or self.protocol

    @property
    def training_query(self) -> str:
        """Return the query of the training page that asks for the same again."""
        codes = codes_of(tuple(each.name for each in self.features.all()))
        pairs: list[tuple[str, object]] = [("dataset", self.experiment.dataset_id)]
        pairs += parse_qsl(self.query)
        pairs += [("features", code) for code in codes]
        pairs += [("model", self.model), ("top_k", self.top_k), ("tries", self.n_tries or None)]
        pairs += [(f"p_{each.name}", f"{each.value:g}") for each in self.parameters.all()]
        pairs += [("seed", self.seed or None), ("protocol", self._protocol_code)]
        return urlencode([(key, value) for key, value in pairs if value not in (None, "")])


class ExperimentParameter(models.Model):
    """A parameter of the model that is not at its default."""

    config = models.ForeignKey(
        ExperimentConfig, on_delete=models.CASCADE, related_name="parameters"
    )
    name = models.CharField(max_length=40)
    value = models.FloatField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["config", "name"], name="experiment_parameter_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value:g}"


class ExperimentFeature(models.Model):
    """A feature that the model is given."""

    config = models.ForeignKey(ExperimentConfig, on_delete=models.CASCADE, related_name="features")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["config", "name"], name="experiment_feature_once"),
            models.UniqueConstraint(fields=["config", "position"], name="experiment_feature_place"),
        ]

    def __str__(self) -> str:
        return self.name

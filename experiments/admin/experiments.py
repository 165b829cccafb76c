"""Experiments as administrators see them: people train, the system writes."""

from django.contrib import admin
from django.http import HttpRequest

from common.admin import ShownRows, WrittenBySystem, measured
from experiments.models import (
    Experiment,
    ExperimentConfig,
    ExperimentFeature,
    ExperimentParameter,
    ExperimentResult,
    ExperimentTag,
    Fold,
    Importance,
    Insight,
    LearningPoint,
    PredictionRun,
    TransferRun,
)


class ConfigInline(ShownRows):
    model = ExperimentConfig
    fields = ("model", "protocol", "held_out", "top_k", "n_tries", "seed", "query")
    show_change_link = True


class ResultInline(ShownRows):
    model = ExperimentResult
    fields = ("score", "low", "high", "random_score", "majority", "n_signals", "n_groups")
    show_change_link = True


class FoldsInline(ShownRows):
    model = Fold
    fields = ("run", "repeat", "number", "n_train", "n_test", "accuracy", "fit_s", "predict_s")


class TagsInline(ShownRows):
    model = ExperimentTag
    fields = ("name",)


class ParametersInline(ShownRows):
    model = ExperimentParameter
    fields = ("name", "value")


class FeaturesInline(ShownRows):
    model = ExperimentFeature
    fields = ("position", "name")


class ImportancesInline(ShownRows):
    model = Importance
    fields = ("position", "features", "mean", "sd")


class PointsInline(ShownRows):
    model = LearningPoint
    fields = ("n_groups", "accuracy")


class InsightInline(ShownRows):
    model = Insight
    fields = ("job", "is_no_better", "ready_at")
    show_change_link = True


@admin.register(Experiment)
class ExperimentAdmin(WrittenBySystem):
    list_display = ("name", "dataset", "owner", "status", "kind", "score", "created_at")
    list_filter = ("status", "config__model", "is_archived", "created_at")
    search_fields = ("name", "dataset__name", "owner__username")
    list_select_related = ("dataset", "owner", "config", "result")
    date_hierarchy = "created_at"
    inlines = (ConfigInline, ResultInline, InsightInline, TagsInline, FoldsInline)

    @admin.display(ordering="config__model")
    def kind(self, experiment: Experiment) -> str:
        return experiment.config.get_model_display()

    @admin.display(ordering="result__score")
    def score(self, experiment: Experiment) -> str:
        result = getattr(experiment, "result", None)
        return "–" if result is None else f"{100 * result.score:.1f} %"


class _OfExperiment(WrittenBySystem):
    """Rows that are reached from their experiment."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ExperimentConfig)
class ExperimentConfigAdmin(_OfExperiment):
    inlines = (ParametersInline, FeaturesInline)


@admin.register(ExperimentResult)
class ExperimentResultAdmin(_OfExperiment):
    list_display = ("experiment", "score_shown", "protocol")
    list_select_related = ("experiment",)

    score_shown = measured("score", "score")


@admin.register(Insight)
class InsightAdmin(_OfExperiment):
    inlines = (ImportancesInline, PointsInline)


@admin.register(PredictionRun)
class PredictionRunAdmin(WrittenBySystem):
    """Models asked about many signals at once."""

    list_display = ("experiment", "dataset", "owner", "created_at", "ready_at")
    search_fields = ("experiment__name", "dataset__name", "owner__username")
    list_select_related = ("experiment", "dataset", "owner")
    date_hierarchy = "created_at"


@admin.register(TransferRun)
class TransferRunAdmin(WrittenBySystem):
    """Simulated and real datasets held beside each other."""

    list_display = ("first", "second", "model", "owner", "created_at", "ready_at")
    list_filter = ("model",)
    search_fields = ("first__name", "second__name", "owner__username")
    list_select_related = ("first", "second", "owner")
    date_hierarchy = "created_at"

"""Experiments: what was asked for, how it was tested, what came out."""

from experiments.models.config import ExperimentConfig, ExperimentFeature, ExperimentParameter
from experiments.models.experiment import Experiment, ExperimentTag
from experiments.models.insight import Importance, Insight, LearningPoint
from experiments.models.prediction import PredictionRun, SignalPrediction
from experiments.models.result import ExperimentResult, Fold
from experiments.models.transfer import TransferRun

__all__ = [
    "Experiment",
    "ExperimentConfig",
    "ExperimentFeature",
    "ExperimentParameter",
    "ExperimentResult",
    "ExperimentTag",
    "Fold",
    "Importance",
    "Insight",
    "LearningPoint",
    "PredictionRun",
    "SignalPrediction",
    "TransferRun",
]

"""The admin's pages of experiments."""

from experiments.admin.experiments import ExperimentAdmin, PredictionRunAdmin, TransferRunAdmin

__all__ = ["ExperimentAdmin", "PredictionRunAdmin", "TransferRunAdmin"]

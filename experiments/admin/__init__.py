"""The admin's pages of experiments."""

from experiments.admin.experiments import ExperimentAdmin

__all__ = ["ExperimentAdmin"]

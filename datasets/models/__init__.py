"""The rows of datasets: Django finds its models here."""

from datasets.models.dataset import ClassCount, Dataset
from datasets.models.recipe import Recipe

__all__ = ["ClassCount", "Dataset", "Recipe"]

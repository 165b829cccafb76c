"""The rows of datasets: Django finds its models here."""

from datasets.models.dataset import ClassCount, Dataset
from datasets.models.download import Download
from datasets.models.imports import (
    ImportChannel,
    ImportDraft,
    ImportFile,
    ImportRate,
    ImportRemark,
    ImportSpecimen,
)
from datasets.models.part import GenerationPart
from datasets.models.recipe import Recipe
from datasets.models.source import DatasetSource
from datasets.models.verification import Verification, VerificationFinding

__all__ = [
    "ClassCount",
    "Dataset",
    "DatasetSource",
    "Download",
    "GenerationPart",
    "ImportChannel",
    "ImportDraft",
    "ImportFile",
    "ImportRate",
    "ImportRemark",
    "ImportSpecimen",
    "Recipe",
    "Verification",
    "VerificationFinding",
]

"""The rows of signals: Django finds its models here."""

from signals.models.bearing import Bearing
from signals.models.catalogue import FaultClass, NoiseSource, Severity, Tag
from signals.models.exploration import Projection, SavedView, TableColumn
from signals.models.feature_groups import SignalFeatures, StoreFeatures
from signals.models.members import StoreMember
from signals.models.recordings import Recording, Run, Shard, Specimen
from signals.models.review import LabelReview
from signals.models.signal import Annotation, Signal
from signals.models.split import Split, SplitMember, SplitSide
from signals.models.store import SignalStore
from signals.models.upload import Upload
from signals.models.version import SignalPast, Version

__all__ = [
    "Annotation",
    "Bearing",
    "FaultClass",
    "LabelReview",
    "NoiseSource",
    "Projection",
    "Recording",
    "Run",
    "SavedView",
    "Severity",
    "Shard",
    "Signal",
    "SignalFeatures",
    "SignalPast",
    "SignalStore",
    "Specimen",
    "Split",
    "SplitMember",
    "SplitSide",
    "StoreFeatures",
    "StoreMember",
    "TableColumn",
    "Tag",
    "Upload",
    "Version",
]

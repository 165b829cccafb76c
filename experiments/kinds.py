"""The kinds of job of this room, by the code of their rows."""

from typing import Final

TRAIN: Final = "train-model"
PREDICT: Final = "predict-signals"
INSIGHT: Final = "model-insight"
TRANSFER: Final = "sim-to-real"

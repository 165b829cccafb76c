"""Small recordings as people send them."""

import io
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from scipy.io import savemat

from signals.uploads.services import upload_create
from tests.factories import make_user

ANSWERS: dict[str, Any] = {"fs_hz": 8000.0, "rpm": 600.0, "unit": "g"}


def sine(n_samples: int = 2048) -> Any:
    """Return a sine of 500 Hz at 8 kHz, float32."""
    return np.sin(2 * np.pi * 500 * np.arange(n_samples) / 8000).astype(np.float32)


def npy(values: Any) -> bytes:
    content = io.BytesIO()
    np.save(content, values)
    return content.getvalue()


def mat(**variables: Any) -> bytes:
    content = io.BytesIO()
    savemat(content, variables)
    return content.getvalue()


def upload(content: bytes, *, owner: Any = None, name: str = "record.npy", **answers: Any) -> Any:
    """Upload a file with every question answered, unless told otherwise."""
    return upload_create(
        owner=owner or make_user(),
        file=ContentFile(content),
        file_name=name,
        **(ANSWERS | answers),
    )

"""What tests of imports do over and over: send files, have them read."""

import base64
import hashlib
import io
import math
import zipfile

from django.urls import reverse

from datasets.imports.services.drafts import Offered, files_offer
from datasets.imports.services.reading import reading_start
from datasets.imports.services.receiving import CHUNK_BYTES, chunk_receive
from datasets.jobs import read_import
from datasets.models import ImportFile
from tests.signals.recordings import npy, sine

CSV = "Time (s),DE (g)\n" + "".join(f"{n / 1000:.3f},{math.sin(n / 3):.4f}\n" for n in range(600))


def zipped(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def put(draft, files):
    """Send files whole, as the browser would; return their rows by path."""
    offered = [Offered(path, len(content)) for path, content in files.items()]
    rows = files_offer(user=draft.owner, draft=draft, files=offered)
    for row, content in zip(rows, files.values(), strict=True):
        row.draft = draft
        for offset in range(row.received_bytes, len(content), CHUNK_BYTES):
            part = content[offset : offset + CHUNK_BYTES]
            chunk_receive(
                file=row, offset=offset, n_bytes=len(part), stream=io.BytesIO(part), checksum=None
            )
    return {row.path: ImportFile.objects.get(pk=row.pk) for row in rows}


def read(draft):
    """Read what was sent; return the files by path."""
    job = reading_start(user=draft.owner, draft=draft)
    read_import(str(job.pk))
    draft.refresh_from_db()
    return {row.path: row for row in ImportFile.objects.filter(draft=draft)}


def recording(n_samples=2048, shift=0):
    return npy(sine(n_samples) + shift)


def sha256_header(content):
    return "sha256 " + base64.b64encode(hashlib.sha256(content).digest()).decode()


def patch(client, row, content, offset=0, **headers):
    standard = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "HX-Request": "true"}
    return client.patch(
        reverse("imports:file", args=[row.pk]),
        content,
        content_type="application/offset+octet-stream",
        headers=standard | headers,
    )

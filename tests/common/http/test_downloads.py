import io
import re
from urllib.parse import unquote

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from common.http.downloads import file_name, name_download, streamed


def header_of(stem, suffix=".csv"):
    response = HttpResponse()
    name_download(response, stem, suffix)
    return response["Content-Disposition"]


def name_in(header):
    """Read the name as RFC 6266 says."""
    if found := re.search(r"filename\*=utf-8''(\S+)", header):
        return unquote(found[1])
    return re.search(r'filename="([^"]*)"', header)[1]


@pytest.mark.parametrize(
    "stem", ["pump", "Lager 7 – außen", "подшипник", "轴承" * 90, "x" * 300, "a.b", "é" * 200]
)
def test_a_long_or_foreign_name_keeps_its_suffix(stem):
    name = name_in(header_of(stem))
    assert name.endswith(".csv")
    assert stem.startswith(name.removesuffix(".csv"))
    assert 0 < len(name.encode()) <= 160


@pytest.mark.parametrize("stem", ['a"; b', "a\r\nX: y", "../../etc/passwd", "a\\b", "a\0b"])
def test_a_name_stays_within_its_header_and_its_folder(stem):
    header = header_of(stem)
    assert not set(header) & set("\r\n\0")
    assert not set(name_in(header)) & set('/\\"\0')


@pytest.mark.parametrize("stem", ["", "...", "///", " "])
def test_a_name_of_nothing_is_download(stem):
    assert file_name(stem, ".csv") == "download.csv"


async def test_under_asgi_chunks_are_sent_as_they_are_made():
    asked = []

    def chunks():
        for number in range(3):
            asked.append(number)
            yield bytes([number])

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    async for chunk in streamed(ASGIRequest(scope, io.BytesIO()), chunks()):
        assert asked[-1] == chunk[0]
    assert asked == [0, 1, 2]

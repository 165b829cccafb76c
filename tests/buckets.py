"""A bucket on this machine, of a server that speaks S3."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from common.storage.url import s3_place

_number = count()


def _client(endpoint: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


@dataclass(frozen=True)
class Bucket:
    """An empty bucket, and what the server was asked since."""

    url: str
    endpoint: str
    requests: list[tuple[str, str, str]]

    def download(self, folder: str, target: Path) -> Path:
        """Copy the files of a folder to this machine."""
        bucket, _, prefix = s3_place(self.url).prefix.partition("/")
        client = _client(self.endpoint)
        target.mkdir()
        for each in client.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/{folder}/")["Contents"]:
            if not each["Key"].endswith("/"):
                path = target / each["Key"].rpartition("/")[2]
                client.download_file(bucket, each["Key"], str(path))
        return target

    def keys(self, folder: str) -> list[str]:
        """Return the keys of the files below a folder."""
        bucket, _, prefix = s3_place(self.url).prefix.partition("/")
        found = _client(self.endpoint).list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/{folder}/")
        return [each["Key"] for each in found.get("Contents", []) if each["Key"][-1] != "/"]

    def asked(self, method: str, name: str = "") -> list[str]:
        """Return the ranges of the requests of a method for objects with this in their name."""
        return [span for verb, path, span in self.requests if verb == method and name in path]


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    requests: list[tuple[str, str, str]] = []
    assert server._server is not None
    application = server._server.app

    def noting(environ, start_response):
        said = environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE", "")
        requests.append(said)
        return application(environ, start_response)

    server._server.app = noting
    host, port = server.get_host_and_port()
    yield f"{host}:{port}", requests
    server.stop()


@pytest.fixture
def bucket(_server: tuple[str, list[tuple[str, str, str]]]) -> Bucket:
    """An empty bucket."""
    return _made(*_server)


@pytest.fixture(scope="module")
def module_bucket(_server: tuple[str, list[tuple[str, str, str]]]) -> Bucket:
    """A bucket that the tests of a module share."""
    return _made(*_server)


def _made(address: str, requests: list[tuple[str, str, str]]) -> Bucket:
    name = f"bucket-{next(_number)}"
    _client(f"http://{address}").create_bucket(Bucket=name)
    requests.clear()
    url = f"s3://key:secret@{name}/portal?endpoint=http://{address}"
    return Bucket(url, f"http://{address}", requests)

"""Where a bucket is, read from one setting."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

EXAMPLE: Final = "s3://KEY:SECRET@bucket/folder?endpoint=https://s3.example.org&region=eu-central-1"
_OPTIONS: Final = {"endpoint", "region"}


@dataclass(frozen=True)
class S3Place:
    """A bucket and how it is reached.

    Attributes
    ----------
    prefix : str
        Bucket, and what all names in it begin with.
    access_key, secret_key : str or None
        None takes those of the machine.
    scheme, endpoint : str
        Of another server than Amazon's; empty otherwise.
    region : str
    """

    prefix: str
    access_key: str | None
    secret_key: str | None
    scheme: str
    endpoint: str | None
    region: str


def s3_place(url: str) -> S3Place:
    """Read ``s3://KEY:SECRET@bucket/folder?endpoint=https://host:port&region=name``.

    Raises
    ------
    ValueError
        Where that is not what it says; the sentence repeats nothing, for there is a secret in it.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    options = dict(pairs)
    bucket = parts.netloc.rpartition("@")[2]
    if parts.scheme != "s3" or not bucket or ":" in bucket or len(options) != len(pairs):
        raise ValueError("It names no bucket.")
    if set(options) - _OPTIONS or "" in options.values() or parts.fragment:
        raise ValueError("It knows endpoint and region, and nothing else.")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("A key comes with its secret.")
    endpoint = urlsplit(options.get("endpoint", "https://"))
    if endpoint.scheme not in ("http", "https") or endpoint.path.strip("/") or endpoint.query:
        raise ValueError("An endpoint is https://host:port.")
    if "endpoint" in options and not endpoint.hostname:
        raise ValueError("An endpoint is https://host:port.")
    return S3Place(
        prefix="/".join([bucket, *filter(None, parts.path.split("/"))]),
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
        scheme=endpoint.scheme,
        endpoint=endpoint.netloc or None,
        region=options.get("region", "us-east-1"),
    )

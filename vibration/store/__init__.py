"""A dataset's files: ``signals.h5`` and ``metadata.json``, written whole or not at all."""

from vibration.store.errors import DamagedStoreError, StorageFullError, storage_errors
from vibration.store.layout import (
    FORMAT,
    FORMAT_VERSION,
    INDEX_KINDS,
    METADATA_FILE,
    SIGNALS_FILE,
    Kind,
    payload_bytes,
)
from vibration.store.partial import sweep_partials, whole_file, whole_folder
from vibration.store.pyramid import Pyramid, build_pyramid
from vibration.store.reader import StoreReader, read_metadata, verify
from vibration.store.writer import StoreWriter, create_store, file_sha256, write_at

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "INDEX_KINDS",
    "METADATA_FILE",
    "SIGNALS_FILE",
    "DamagedStoreError",
    "Kind",
    "Pyramid",
    "StorageFullError",
    "StoreReader",
    "StoreWriter",
    "build_pyramid",
    "create_store",
    "file_sha256",
    "payload_bytes",
    "read_metadata",
    "storage_errors",
    "sweep_partials",
    "verify",
    "whole_file",
    "whole_folder",
    "write_at",
]

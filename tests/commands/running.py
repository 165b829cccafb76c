"""Two ways to run a command: in this process, and as a person does."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
NOBODY = {
    "DATABASE_URL": "postgresql://portal:none@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def called(*line: str) -> str:
    """Call a command and return what it printed."""
    out = StringIO()
    call_command(*line, stdout=out)
    return out.getvalue()


def refusal(*line: str) -> CommandError:
    """Call a command that refuses, and return its refusal."""
    with pytest.raises(CommandError) as caught:
        called(*line)
    return caught.value


def run(*line: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, line)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

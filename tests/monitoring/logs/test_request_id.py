"""One id from a person's request to the lines that the worker writes for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from datasets.models import Dataset
from monitoring.logs.format import log_tail
from tests.factories import make_catalogue, make_user

ROOT = Path(__file__).resolve().parents[3]
ID = "proxy-4f0c9a2be1d7"


def create_dataset(client):
    make_catalogue()
    client.force_login(make_user("engineer"))
    form = {
        "name": "Followed",
        "per_class": 50,
        "classes": ["healthy"],
        "severities": ["mild"],
        "seed": 0,
        "fs_hz": 4096,
        "duration_s": 1,
        "speed_rpm": 3600,
    }
    client.post(reverse("datasets:create"), form, headers={"X-Request-ID": ID})
    return Dataset.objects.select_related("job").get()


def work(folder):
    """Let a worker of its own empty the queue, logging into `folder`."""
    own = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(own)
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_DIR": str(folder),
        "GENERATION_WORKERS": "1",
    }
    command = [sys.executable, "manage.py", "rqworker", "--burst", "long"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=600, capture_output=True)


@pytest.mark.django_db(transaction=True)
def test_the_id_of_a_request_is_in_the_lines_of_its_job(client, tmp_path, settings):
    job = create_dataset(client).job
    assert job.request_id == ID

    work(tmp_path)

    settings.LOG_DIR = tmp_path
    lines = log_tail(text=ID).lines
    assert {(line.process, line.job_id) for line in lines} == {("worker", str(job.pk))}
    assert "Job completed: Generate Followed" in [line.message for line in lines]
    assert settings.SECRET_KEY not in (tmp_path / "worker.jsonl").read_text()


@pytest.mark.django_db
def test_an_answer_carries_the_id_and_a_new_one_for_a_forged(client):
    page = reverse("login")
    assert client.get(page, headers={"X-Request-ID": ID})["X-Request-ID"] == ID
    forged = json.dumps({"level": "ERROR"})
    assert client.get(page, headers={"X-Request-ID": forged})["X-Request-ID"] != forged

"""The script of a run gives the run's predictions again."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from tests.experiments.training import small_dataset, trained
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def test_the_script_runs_and_gives_the_same_predictions(client, tmp_path):
    made = trained(seed=4, parameters={"C": 2.0}, top_k=3)
    client.force_login(made.owner)
    answer = client.get(reverse("experiments:script", args=[made.pk]))
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    said = subprocess.run(
        [sys.executable, "train.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.count(made.result.predictions_sha256) == 2
    page = client.get(reverse("experiments:detail", args=[made.pk])).content.decode()
    assert "from vibration.learning.evaluation import evaluate" in page


def test_a_member_takes_it_along_and_a_stranger_finds_nothing(client):
    owner = make_user("engineer")
    shared, hidden = trained(owner, small_dataset(owner, visibility="shared")), trained(owner)
    client.force_login(make_user("viewer"))
    for made, status in ((shared, 200), (hidden, 404)):
        assert client.get(reverse("experiments:script", args=[made.pk])).status_code == status

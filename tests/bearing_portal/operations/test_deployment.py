"""What is written for operators says the same as the Procfile, and what it runs does run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from monitoring.health import metrics

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def procfile():
    """Return the command of each process, as words, without where it listens."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    named = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {name: words_of(command) for name, command in named}


def words_of(command):
    words = shlex.split(command) if isinstance(command, str) else list(command)
    words = [word.rpartition("/")[2] if "/bin/" in word else word for word in words]
    while "-b" in words:  # where it listens is another in each place
        place = words.index("-b")
        del words[place : place + 2]
    while "-p" in words:
        place = words.index("-p")
        del words[place : place + 2]
    return words


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def kubernetes():
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "portal.yaml").read_text()))


def test_compose_runs_what_the_procfile_runs():
    services = compose()["services"]
    assert {name: words_of(services[name]["command"]) for name in procfile()} == procfile()


def test_systemd_runs_what_the_procfile_runs():
    units = {path.stem.rpartition("-")[2]: path.read_text() for path in UNITS}
    ran = {
        name: words_of(re.search("^ExecStart=(.+)$", text, re.M)[1]) for name, text in units.items()
    }
    assert {name: ran[name] for name in procfile()} == procfile()


def test_kubernetes_runs_what_the_procfile_runs():
    ran = {
        each["metadata"]["name"].rpartition("-")[2]: words_of(
            each["spec"]["template"]["spec"]["containers"][0]["command"]
        )
        for each in kubernetes()
        if each["kind"] == "Deployment"
    }
    assert ran == procfile()


def test_compose_sets_only_settings_that_are_documented():
    documented = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert set(compose()["x-portal"]["environment"]) <= documented


def test_the_example_for_compose_has_each_variable_it_reads():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "compose.env").read_text(), re.M))
    assert asked - given == {"PORTAL_VERSION"}


def test_only_the_proxy_is_reached_from_outside():
    services = compose()["services"]
    assert [name for name, each in services.items() if "ports" in each] == ["caddy"]
    assert compose()["networks"]["inner"] == {"internal": True}


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_no_database_reaches_or_is_reached_by_what_is_outside(name):
    assert compose()["services"][name]["networks"] == ["inner"]


@pytest.mark.parametrize("name", ["prepare", "web", "short", "long", "reconciler"])
def test_every_process_reaches_mail_and_buckets_and_has_every_setting(name):
    service = compose()["services"][name]
    assert service["networks"] == ["inner", "outer"]
    assert service["env_file"] == [{"path": ".env", "required": False}]


def test_prometheus_asks_by_a_name_that_is_answered():
    scraped = yaml.safe_load((DEPLOY / "monitoring" / "prometheus.yaml").read_text())
    (target,) = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    hosts = compose()["x-portal"]["environment"]["ALLOWED_HOSTS"]
    assert target.split(":")[0] in hosts.split(",")


def test_kubernetes_keeps_what_is_received_where_short_reads_it():
    volumes = {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]["volumes"][0]
        for each in kubernetes()
        if each["kind"] in ("Deployment", "Job")
    }
    for name in ("prepare", "web", "short", "reconciler"):
        assert volumes[f"bearing-portal-{name}"]["persistentVolumeClaim"]


@pytest.mark.parametrize("name", ["prepare", "web", "short", "long", "reconciler"])
def test_no_container_may_write_beside_its_data(name):
    service = compose()["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["data:/data"]


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert not [line for line in lines if line.startswith("ADD ") or ":latest" in line]


def test_what_the_image_copies_is_there():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert (ROOT / line.split()[1]).exists()


def test_nothing_of_a_checkout_that_is_secret_gets_into_the_image():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "data", ".git"} <= set(left_out)


def names_told():
    """Return the name of every metric that may be told at /metrics."""
    text = Path(metrics.__file__).read_text()
    return set(re.findall(r'"(portal_[a-z_]+)"', text))


def test_rules_and_dashboard_ask_for_metrics_that_are_told():
    rules = (DEPLOY / "monitoring" / "alerts.yaml").read_text()
    dashboard = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text())
    asked = " ".join(each["expr"] for panel in dashboard["panels"] for each in panel["targets"])
    found = set(re.findall(r"portal_[a-z_]+", rules.replace("bearing_portal", "") + asked))
    assert {re.sub("_(count|bucket|sum)$", "", name) for name in found} <= names_told()


def test_each_alert_says_what_to_do():
    groups = yaml.safe_load((DEPLOY / "monitoring" / "alerts.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert all(rule["annotations"]["description"] for rule in rules)
    assert len({rule["alert"] for rule in rules}) == len(rules)


def alive(port, hosts="localhost"):
    given = os.environ | {"PORT": str(port), "ALLOWED_HOSTS": hosts}
    ran = subprocess.run(
        [sys.executable, DEPLOY / "alive.py"], env=given, capture_output=True, check=False
    )
    return ran.returncode


def test_the_probe_fails_where_nobody_answers():
    assert alive(9) == 1


def test_compose_is_as_its_schema_says():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    ran = subprocess.run(
        [*command, ROOT / "compose.yaml"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout


def test_prometheus_takes_the_rules():
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed here; Debian has it in the package prometheus")
    subprocess.run([promtool, "check", "rules", DEPLOY / "monitoring" / "alerts.yaml"], check=True)

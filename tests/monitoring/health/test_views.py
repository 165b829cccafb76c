import json

import pytest
from django.urls import reverse

from monitoring.health import readings
from monitoring.health.checks import Check
from monitoring.health.probes.remembered import Taken
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db

PARTS = ["health:page", "health:live", "health:score", "health:footer"]
SECRET = "No answer: connection to 10.1.2.3 at /srv/portal failed"


@pytest.fixture(autouse=True)
def fresh():
    readings.forget_readings()
    yield
    readings.forget_readings()


@pytest.fixture
def checks(monkeypatch):
    """Replace the checks by one that passes and one that does not."""
    found = [Check("database", True, "Well"), Check("valkey", False, SECRET, "Start Valkey.")]
    monkeypatch.setattr(readings, "run_checks", lambda: found)
    return found


@pytest.fixture
def afar(client):
    """Ask from another machine."""
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    return client


@pytest.fixture
def staff(client):
    client.force_login(make_user("curator"))
    return client


@pytest.fixture
def member(client):
    client.force_login(make_user("viewer"))
    return client


@pytest.mark.parametrize("name", PARTS)
def test_a_stranger_is_sent_to_the_log_in_page(client, name):
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", PARTS)
def test_a_member_sees_every_part(member, name):
    assert member.get(reverse(name)).status_code == 200


def test_staff_reads_what_was_seen_and_what_to_do(checks, staff):
    page = staff.get(reverse("health:page")).content.decode()
    assert SECRET in page
    assert "Start Valkey." in page
    assert "Slowest queries" in page


def test_others_read_no_paths_hosts_or_statements(checks, member):
    page = member.get(reverse("health:page")).content.decode()
    assert SECRET not in page
    assert "Slowest queries" not in page
    assert "PostgreSQL" not in page
    assert "1 of 2 checks pass" in page


def test_a_member_hears_that_a_check_fails(checks, member):
    assert "1 check needs attention" in member.get(reverse("health:live")).content.decode()


@pytest.mark.parametrize("role", ["viewer", "superuser"])
def test_the_page_needs_as_many_queries_whatever_there_is(
    client, role, monkeypatch, django_assert_num_queries, django_assert_max_num_queries
):
    monkeypatch.setattr(Taken, "age_s", 0.0)  # however slow the machine, nothing is measured anew
    client.force_login(make_user(role))
    client.get(reverse("health:live"))
    with django_assert_max_num_queries(8) as first:
        client.get(reverse("health:live"))
    make_dataset()
    make_dataset()
    with django_assert_num_queries(len(first)):
        client.get(reverse("health:live"))


def test_every_gauge_has_its_words(member):
    page = member.get(reverse("health:live")).content.decode()
    for name in ("CPU", "Memory", "GPU", "Disk"):
        assert f'aria-label="{name}"' in page


def test_the_foot_of_a_page_waits_for_no_check(member, monkeypatch):
    monkeypatch.setattr(readings, "run_checks", lambda: pytest.fail("checks were made"))
    page = member.get(reverse("licence")).content.decode()
    assert 'hx-trigger="portal:due, load"' in page


def test_the_foot_of_a_page_shows_the_last_verdict(checks, member):
    member.get(reverse("health:footer"))
    assert "1 of 2 checks pass" in member.get(reverse("licence")).content.decode()


def test_home_shows_the_score_with_its_parts(checks, member):
    make_dataset(visibility="shared")
    member.get(reverse("health:score"))
    page = member.get(reverse("home")).content.decode()
    assert "Health score" in page
    assert "20/40" in page


def test_liveness_asks_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("health:healthz")).content == b"ok\n"


def test_readiness_is_503_while_a_check_fails(checks, afar):
    assert afar.get(reverse("health:readyz")).status_code == 503
    checks.pop()
    readings.forget_readings()
    assert afar.get(reverse("health:readyz")).json()["ok"] is True


def test_a_bad_verdict_is_kept_for_less_long_than_a_good_one(checks, afar, monkeypatch):
    monkeypatch.setattr("monitoring.health.views.NOT_READY_S", 0.0)
    assert afar.get(reverse("health:readyz")).status_code == 503
    failing = checks.pop()
    assert afar.get(reverse("health:readyz")).status_code == 200
    checks.append(failing)
    assert afar.get(reverse("health:readyz")).status_code == 200


def test_readiness_tells_strangers_no_details(checks, afar):
    answer = afar.get(reverse("health:readyz"))
    assert answer.json()["checks"] == [
        {"name": "database", "ok": True},
        {"name": "valkey", "ok": False},
    ]


def test_readiness_looks_once_for_many_askers(monkeypatch, afar):
    looks = []
    monkeypatch.setattr(readings, "run_checks", lambda: looks.append(1) or [])
    for _ in range(3):
        afar.get(reverse("health:readyz"))
    assert len(looks) == 1


def test_check_health_gives_the_same_verdicts(checks, client, monkeypatch, capsys):
    from django.core.management import CommandError, call_command

    from monitoring.management.commands import check_health

    monkeypatch.setattr(check_health, "run_checks", lambda: checks)
    with pytest.raises(CommandError) as caught:
        call_command("check_health", "--json")
    assert caught.value.returncode == 1
    assert json.loads(capsys.readouterr().out) == client.get(reverse("health:readyz")).json()


@pytest.mark.parametrize("name", ["health:readyz", "health:metrics"])
@pytest.mark.parametrize("forwarded", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_hands_on_is_not_of_this_machine(checks, client, name, forwarded):
    answer = client.get(reverse(name), headers={forwarded: "127.0.0.1"})
    assert SECRET not in answer.content.decode()
    assert "portal_check_ok" not in answer.content.decode()


def test_metrics_are_open_to_this_machine_where_no_token_is_set(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get(reverse("health:metrics")).status_code == 200


def test_metrics_ask_this_machine_for_the_token_where_one_is_set(client, settings):
    settings.METRICS_TOKEN = "a-token-of-some-length"
    assert client.get(reverse("health:metrics")).status_code == 401


def test_metrics_are_read_with_the_token(afar, settings):
    settings.METRICS_TOKEN = "a-token-of-some-length"
    for given, status in ((settings.METRICS_TOKEN, 200), ("another", 401), ("", 401)):
        answer = afar.get(reverse("health:metrics"), headers={"Authorization": f"Bearer {given}"})
        assert answer.status_code == status


def test_no_token_is_not_an_empty_token(afar, settings):
    settings.METRICS_TOKEN = ""
    answer = afar.get(reverse("health:metrics"), headers={"Authorization": "Bearer "})
    assert answer.status_code == 401


@pytest.mark.parametrize(("role", "status"), [("curator", 200), ("viewer", 401)])
def test_metrics_are_for_staff(afar, role, status):
    afar.force_login(make_user(role))
    assert afar.get(reverse("health:metrics")).status_code == status


def test_a_stranger_reads_no_metrics(afar):
    assert afar.get(reverse("health:metrics")).status_code == 401


def test_metrics_speak_prometheus_and_name_what_is_asked_for(client):
    from prometheus_client.parser import text_string_to_metric_families

    make_dataset(ready=False)
    client.get(reverse("health:healthz"))
    text = client.get(reverse("health:metrics")).content.decode()
    found = {family.name: family for family in text_string_to_metric_families(text)}
    for name in ("request_seconds", "jobs", "queue_depth", "cache_lookups", "check_ok"):
        assert f"portal_{name}" in found
    jobs = {s.labels["status"]: s.value for s in found["portal_jobs"].samples}
    assert jobs == {"queued": 1}


def test_a_request_is_counted_under_its_view_not_its_address(client):
    from monitoring.health.metrics import REGISTRY

    client.get("/no-such-page-1/")
    client.get(reverse("health:healthz"))
    views = {
        sample.labels["view"]
        for family in REGISTRY.collect()
        for sample in family.samples
        if family.name == "portal_request_seconds"
    }
    assert {"none", "health:healthz"} <= views
    assert not any("no-such" in view for view in views)


def test_a_callback_is_counted_under_its_app(member):
    member.post(reverse("the_django_plotly_dash:app-update-component", args=["viewer"]))
    text = member.get(reverse("health:metrics")).content.decode()
    assert 'portal_callback_seconds_count{app="viewer"' in text


def test_the_page_goes_on_while_its_services_are_away(checks, staff, monkeypatch):
    for module, name in (
        (readings.database, "database"),
        (readings.database, "sizes"),
        (readings.database, "statements"),
        (readings.valkey, "valkey"),
        (readings.queues, "queue"),
        (readings.queues, "jobs"),
        (readings.hits, "cache_hits"),
        (readings.storage, "storage"),
        (readings.machine, "disk"),
    ):
        monkeypatch.setattr(module, name, lambda *args: None)
    page = staff.get(reverse("health:page"))
    assert page.status_code == 200
    assert "does not answer" in page.content.decode()
    assert staff.get(reverse("health:metrics")).status_code == 200


def test_readings_are_shared_by_all_pages(member, monkeypatch):
    taken = []
    real = readings.run_checks
    monkeypatch.setattr(readings, "run_checks", lambda: taken.append(1) or real())
    for name in PARTS:
        member.get(reverse(name))
    assert len(taken) == 1


def test_answers_are_never_kept(member):
    for name in ("live", "healthz", "readyz", "metrics"):
        assert "no-store" in member.get(reverse(f"health:{name}"))["Cache-Control"]


def test_nothing_of_health_can_be_written(staff):
    for name in (*PARTS, "health:readyz", "health:metrics"):
        assert staff.post(reverse(name)).status_code == 405

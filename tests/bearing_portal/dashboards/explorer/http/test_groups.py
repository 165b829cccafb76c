"""Groups of features in the explorer: measured by a job on demand, then in menus and columns."""

import pytest
from django.urls import reverse

from signals.jobs import measure
from signals.models import SignalFeatures, StoreFeatures
from signals.services.table_columns import columns_choose
from tests.factories import make_bearing, make_dataset, make_user
from vibration.features.orders import ORDER_FEATURE_NAMES

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"
FIRST = ORDER_FEATURE_NAMES[0]


@pytest.fixture
def dataset():
    dataset = make_dataset(
        visibility="shared", duration_s=1.0, classes=("healthy", "wear"), per_class=2
    )
    dataset.store.bearing = make_bearing()
    dataset.store.save()
    return dataset


@pytest.fixture
def owner(client, dataset):
    client.force_login(dataset.store.owner, backend=BACKEND)
    return client


def menu(client, dataset, **posted):
    given = {"dataset": dataset.pk} | posted
    ask = client.post if posted else client.get
    answer = ask(reverse("explorer-groups"), given)
    assert answer.status_code == 200
    return answer.content.decode()


def have_measured(dataset, group="bearing_orders"):
    from signals.services.feature_groups import features_request

    row = features_request(user=dataset.store.owner, store=dataset.store, group=group)
    measure(row.job_id)


def test_a_group_is_measured_from_the_menu_with_progress(owner, dataset):
    assert "measure-bearing_orders" in menu(owner, dataset)
    assert "every 2s" in menu(owner, dataset, group="bearing_orders")
    measure(StoreFeatures.objects.get().job_id)
    shown = menu(owner, dataset)
    assert 'data-measured="bearing_orders "' in shown
    assert "measured, 4 signals with a value" in shown


def test_what_is_lacking_is_said_in_words(owner, dataset):
    dataset.store.bearing = None
    dataset.store.save()
    assert "Bearing orders need a bearing" in menu(owner, dataset)
    assert "Bearing orders need a bearing" in menu(owner, dataset, group="bearing_orders")
    assert not StoreFeatures.objects.exists()


def test_a_member_sees_and_a_stranger_does_not(client, dataset):
    client.force_login(make_user("viewer"), backend=BACKEND)
    assert "can have them measured" in menu(client, dataset)
    given = {"dataset": dataset.pk, "group": "severity"}
    assert client.post(reverse("explorer-groups"), given).status_code == 403
    private = make_dataset(ready=False)
    assert client.get(reverse("explorer-groups"), {"dataset": private.pk}).status_code == 404


def test_the_line_says_which_groups_menus_may_list(owner, dataset):
    page = reverse("explorer-line")
    assert 'data-groups=""' in owner.get(page, {"dataset": dataset.pk}).content.decode()
    have_measured(dataset)
    shown = owner.get(page, {"dataset": dataset.pk}).content.decode()
    assert 'data-groups="bearing_orders"' in shown


def test_only_measured_groups_are_offered_as_columns(owner, dataset):
    page, given = reverse("explorer-columns"), {"dataset": dataset.pk}
    assert FIRST not in owner.get(page, given).content.decode()
    have_measured(dataset)
    shown = owner.get(page, given).content.decode()
    assert f'value="{FIRST}"' in shown
    assert "Bearing orders" in shown


def test_a_column_of_a_group_that_another_dataset_lacks_stays_chosen(owner, dataset):
    user = dataset.store.owner
    columns_choose(user=user, codes=["rms", FIRST])
    owner.post(reverse("explorer-columns"), {"dataset": dataset.pk, "column": ["kurtosis"]})
    assert list(user.table_columns.values_list("code", flat=True)) == ["label", "kurtosis", FIRST]


def test_rows_hold_the_values_of_a_chosen_group(owner, dataset):
    have_measured(dataset)
    columns_choose(user=dataset.store.owner, codes=["rms", FIRST])
    given = {"filter": f"dataset={dataset.pk}", "start": 0, "end": 50}
    rows = owner.get(reverse("explorer-rows"), given).json()["rows"]
    kept = SignalFeatures.objects.filter(group="bearing_orders").values_list("signal", "values")
    wanted = {pk: values[0] for pk, values in kept}
    assert {row["id"]: row[FIRST] for row in rows} == wanted
    assert None not in wanted.values()

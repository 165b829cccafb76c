"""The admin site in a browser, under the portal's content security policy."""

import pytest

from bearing_portal.operations.groups import groups_seed
from signals.models import Signal, Tag

pytestmark = pytest.mark.browser


def watched(page) -> list[str]:
    """Return the list that grows with each refusal of the content security policy."""
    refused: list[str] = []

    def note(message) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("console", note)
    return refused


def test_a_curator_relabels_signals_under_the_policy(portal):
    portal.run(groups_seed)
    dataset = portal.make_dataset(visibility="shared")
    page = portal.log_in(portal.make_user("curator"))
    refused = watched(page)
    page.goto("/admin/signals/signal/")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "relabel")
    page.click("button[name=index]")
    page.select_option("select[name=fault_class]", "imbalance")
    page.fill("input[name=reason]", "heard again")
    page.click("input[type=submit][value=Relabel]")
    page.wait_for_selector("text=signals changed")
    codes = portal.run(
        lambda: set(
            Signal.objects.filter(store=dataset.store).values_list("fault_class__code", flat=True)
        )
    )
    assert codes == {"imbalance"}
    assert refused == []


def test_a_tag_is_found_by_typing_on_a_signals_page(portal):
    portal.run(groups_seed)
    dataset = portal.make_dataset(visibility="shared")
    tag = portal.run(Tag.objects.create, name="rubbing")
    signal, other = portal.run(list, Signal.objects.filter(store=dataset.store)[:2])
    portal.run(other.tags.add, tag)  # a tag is there for whoever sees a signal that bears it
    page = portal.log_in(portal.make_user("curator"))
    refused = watched(page)
    page.goto(f"/admin/signals/signal/{signal.pk}/change/")
    page.fill(".field-tags .select2-search__field", "rub")
    page.click(".select2-results__option:has-text('rubbing')")
    page.click("input[name=_save]")
    page.wait_for_selector("text=was changed successfully")
    assert portal.run(tag.signals.count) == 2
    assert refused == []


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/signals/faultclass/", "/admin/datasets/dataset/", "/admin/queues/"]
)
def test_a_superusers_pages_obey_the_policy(portal, path):
    portal.make_dataset()
    page = portal.log_in(portal.make_user("superuser"))
    refused = watched(page)
    assert page.goto(path).status == 200
    page.wait_for_load_state("networkidle")
    assert refused == []

"""Mains: the recording's word comes before the person's, and that before the site's."""

import pytest

from common.errors import Invalid, NotAllowed, NotFound
from monitoring.accounts.settings import preferences_save
from signals.models import Signal
from signals.services.mains import mains_of, mains_set
from tests.factories import make_dataset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal(settings):
    settings.MAINS_HZ = 50
    return make_dataset(visibility="shared").store.signals.select_related("store").first()


def fresh(pk):
    """Return the signal and its owner as a request finds them."""
    signal = Signal.objects.select_related("store__owner").get(pk=pk)
    return signal, type(signal.store.owner).objects.get(pk=signal.store.owner_id)


def said(signal, of_recipe_hz=None):
    row, user = fresh(signal.pk)
    found = mains_of(user, row, of_recipe_hz)
    return found.hz, found.source


def test_recording_before_person_before_site(signal):
    owner = signal.store.owner
    assert said(signal) == (50, "the site's")
    preferences_save(user=owner, mains_hz=60)
    assert said(signal) == (60, "your setting")
    mains_set(user=owner, mains_hz=50, store=signal.store)
    assert said(signal) == (50, "the recording's")
    mains_set(user=owner, mains_hz=60, signal=signal)
    assert said(signal) == (60, "the recording's")
    for given in ({"signal": signal}, {"store": signal.store}):
        assert mains_set(user=owner, mains_hz=None, **given)
    preferences_save(user=owner, mains_hz=0)
    assert said(signal) == (50, "the site's")


def test_a_recipe_speaks_for_its_record(signal):
    preferences_save(user=signal.store.owner, mains_hz=50)
    assert said(signal, of_recipe_hz=60.0) == (60, "the recording's")


def test_other_frequencies_are_refused(signal):
    with pytest.raises(Invalid, match="50 or 60"):
        mains_set(user=signal.store.owner, mains_hz=55, signal=signal)


def test_a_curator_may_a_member_may_not_a_stranger_sees_nothing(signal):
    assert mains_set(user=make_user("curator"), mains_hz=60, signal=signal)
    with pytest.raises(NotAllowed):
        mains_set(user=make_user("engineer"), mains_hz=50, signal=signal)
    signal.store.visibility = "private"
    signal.store.save()
    with pytest.raises(NotFound):
        mains_set(user=make_user("engineer"), mains_hz=50, signal=signal)

import pytest

from signals.selectors import store_path
from signals.waveforms.references import reference_get, references_missing
from tests.commands.running import called, refusal
from tests.factories import make_dataset

pytestmark = pytest.mark.django_db


def test_it_makes_what_is_missing_and_then_nothing():
    dataset = make_dataset(per_class=3)
    assert called("build_references").startswith("3 expected spectra")
    assert references_missing(dataset.store) == []
    assert called("build_references").startswith("0 expected spectra")


def test_with_a_name_it_leaves_the_others_alone():
    make_dataset(name="Study", per_class=3)
    other = make_dataset(per_class=3)
    assert called("build_references", "study").startswith("3 expected spectra")
    assert len(references_missing(other.store)) == 3


def test_an_unknown_name_is_refused():
    make_dataset(name="Soon", ready=False)
    for name in ("No", "Soon"):
        assert refusal("build_references", name).returncode == 2


def test_a_dataset_that_cannot_be_read_is_said_and_the_others_are_done():
    broken, whole = make_dataset(name="Broken", per_class=3), make_dataset(per_class=3)
    store_path(broken.store).discard()
    error = refusal("build_references")
    assert error.returncode == 1
    assert "“Broken”" in str(error)
    assert reference_get(whole.store.owner, whole.store.signals.first()).n == 3
    assert references_missing(whole.store) == []

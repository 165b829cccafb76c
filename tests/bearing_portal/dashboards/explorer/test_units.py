"""Features are labelled in the unit of the records they are of, wherever the explorer names one."""

import re

import pytest
from django.urls import reverse

from signals.models import Signal
from tests.factories import make_dataset

MIXED = "mixed units: g, m/s²"


@pytest.fixture
def query(dataset):
    """The filter of a dataset whose records are in m/s²."""
    Signal.objects.filter(store=dataset.store).update(unit="m/s²")
    return f"dataset={dataset.pk}"


@pytest.fixture
def mixed(query, owner):
    """The filter of two datasets, of which the other is in g."""
    make_dataset(owner)
    return "dataset="


@pytest.fixture
def written(client, owner):
    def read(name, query, **kwargs):
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"{reverse(name, kwargs=kwargs)}?{query}")
        assert answer.status_code == 200
        return answer

    return read


def heads_of(ask, query):
    return ask("show_heads", filter=query)["response"]["explorer-table-heads"]["data"]["titles"]


def classes_of(ask, query):
    html = ask("show_overview", filter=query)["response"]["explorer-classes"]["html"]
    return re.findall(r"<th[^>]*>([^<]+)</th>", html)


def test_heads_of_the_table_name_the_unit_of_the_rows(ask, query):
    titles = heads_of(ask, query)
    assert (titles["rms"], titles["kurtosis"]) == ("RMS (m/s²)", "Kurtosis")


def test_heads_over_several_units_say_that_they_are_mixed(ask, mixed):
    assert heads_of(ask, mixed)["rms"] == f"RMS ({MIXED})"


def test_a_column_itself_names_no_unit_that_hangs_on_the_records(ask, query):
    columns = ask("show_columns")["response"]["explorer-table-columns"]["data"]["columns"]
    names = {column["colId"]: column["headerName"] for column in columns}
    assert (names["rms"], names["dominant_frequency"]) == ("RMS", "Dominant frequency (Hz)")
    assert not [name for name in names.values() if name.endswith(("(g)", "(g²)", "(g³)"))]


def test_levels_of_the_classes_name_their_unit(ask, query):
    assert {"Mean |x| (m/s²)", "RMS (m/s²)"} <= set(classes_of(ask, query))


def test_levels_over_several_units_say_that_they_are_mixed(ask, mixed):
    assert f"RMS ({MIXED})" in classes_of(ask, mixed)


@pytest.mark.parametrize(
    ("feature", "title"),
    [("rms", "RMS (m/s²)"), ("band_energy_0_500", "Band energy 0–500 Hz ((m/s²)²)")],
)
def test_axes_of_a_scatter_name_the_unit(figure_of, query, feature, title):
    asked = {"filter": query, "corr": "scatter", "fx": feature, "fy": "kurtosis"}
    layout = figure_of("show_correlation", "explorer-correlation", **asked).layout
    assert layout.xaxis.title.text.removesuffix(", log scale") == title
    assert layout.yaxis.title.text.removesuffix(", log scale") == "Kurtosis"


def test_the_colour_of_a_projection_names_the_unit(figure_of, query):
    figure = figure_of("show_projection", "explorer-projection", filter=query, colour="rms")
    titles = {t.marker.colorbar.title.text for t in figure.data if t.marker.showscale}
    assert titles == {"RMS (m/s²)"}


def test_slider_and_chip_name_the_unit(written, query):
    assert 'aria-label="Lowest RMS (m/s²)"' in written("explorer-filters", query).content.decode()
    line = written("explorer-line", f"{query}&rms_max=5").content.decode()
    assert "≤ 5.000 m/s²" in line


def test_slider_and_chip_over_several_units_say_that_they_are_mixed(written, mixed):
    assert "Lowest RMS (mixed units)" in written("explorer-filters", mixed).content.decode()
    assert "≤ 5.000 mixed units" in written("explorer-line", f"{mixed}&rms_max=5").content.decode()


def test_the_heads_of_a_download_name_the_unit(written, query):
    answer = written("explorer-export", query, code="csv")
    head = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert "RMS (m/s²)" in head
    assert "(g" not in head


def test_the_heads_of_a_download_say_that_units_are_mixed(written, mixed):
    answer = written("explorer-export", mixed, code="csv")
    head = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert f'"RMS ({MIXED})"' in head

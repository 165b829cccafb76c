"""The trend of runs: onsets that were seeded are found, zones stand behind, parts are selected."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bearing_portal.dashboards.explorer.figures.trend import trend_figure
from signals.exploration.selection import narrowed
from signals.exploration.trends import Trend, TrendLine, _titles, has_runs, trend_of, trend_ranks
from signals.filters.scope import Scope
from signals.filters.signal_filter import SignalFilter
from signals.models import Signal
from tests.bearing_portal.dashboards.viewer.conftest import numbers
from tests.datasets.importing import imported, planned
from tests.factories import make_catalogue, make_user
from vibration.features.groups import ALL_FEATURES, VELOCITY
from vibration.statistics.trends import onset_of

pytestmark = pytest.mark.django_db
N, ONSET = 24, 16
BEGAN = datetime(2024, 2, 12, 10, 32, tzinfo=UTC)
FS_HZ = 8192.0


def recording(number, seed):
    """Return a second of two channels; the first grows from the onset on."""
    rng = np.random.default_rng(1000 * seed + number)
    noise = 0.1 * rng.standard_normal((2, 8192))
    t_s = np.arange(8192) / FS_HZ
    grows = 0.3 * max(0, number - ONSET + 1)
    noise[0] += grows * np.sin(2 * np.pi * 157 * t_s)
    return noise.astype(np.float32)


def make_run(folder):
    """Import a run, laid out as recordings of two channels every ten minutes."""
    make_catalogue()
    files = [
        planned(
            folder / f"{number}.npy",
            recording(number, 1),
            fs_hz=FS_HZ,
            specimen="Bearing1",
            run="test 1",
            position=number,
            recorded_at=BEGAN + timedelta(minutes=10 * number),
        )
        for number in range(1, N + 1)
    ]
    return imported(*files, owner=make_user("engineer"), name="a run")


@pytest.fixture(scope="module")
def run(keep, tmp_path_factory):
    return keep(make_run, tmp_path_factory.mktemp("run"))


@pytest.fixture
def owner(run):
    return run.store.owner


@pytest.fixture
def scope(owner, run):
    return Scope(owner, SignalFilter(), run.store)


def test_a_line_a_run_and_channel_in_the_order_of_time(owner, scope):
    trend = trend_of(owner, scope, "rms")
    assert [line.name for line in trend.lines] == [
        "channel 1",
        "channel 2",
    ]
    for channel, line in enumerate(trend.lines, 1):
        assert line.positions.tolist() == [*range(1, N + 1)]
        np.testing.assert_allclose(np.diff(line.hours), 1 / 6)
        rows = Signal.objects.filter(channel=f"channel {channel}")
        wanted = dict(rows.values_list("recording__position", "rms"))
        np.testing.assert_allclose(line.values, [wanted[n] for n in range(1, N + 1)])


@pytest.mark.parametrize("feature", ["rms", VELOCITY.name])
def test_a_seeded_onset_is_found_and_only_there(owner, scope, feature):
    damaged, sound = trend_of(owner, scope, feature).lines
    assert damaged.positions[damaged.onset.index] == ONSET
    assert sound.onset.index is None


def test_velocity_is_proposed_where_it_was_measured(owner, scope):
    assert trend_of(owner, scope).feature == VELOCITY


def test_segments_of_a_recording_are_one_point(owner, tmp_path):
    make_catalogue()
    files = [
        planned(tmp_path / f"{n}.npy", recording(n, 2)[0], fs_hz=FS_HZ, specimen="B", run="r",
                position=n)
        for n in (1, 2, 3)
    ]  # fmt: skip
    store = imported(*files, owner=owner, segment_samples=2048).store
    (line,) = trend_of(owner, Scope(owner, SignalFilter(), store), "rms").lines
    of_first = store.signals.filter(recording__position=1).values_list("rms", flat=True)
    assert line.values.size == 3
    assert line.values[0] == pytest.approx(np.mean(of_first))
    assert line.hours is None


def test_features_that_follow_the_damage_rank_before_noise(owner, scope):
    ranks = {feature.name: rank for feature, rank in trend_ranks(owner, scope)}
    order = list(ranks)
    assert order.index("rms") < order.index("skewness")
    assert ranks["rms"].n_runs == 2
    assert not {"order_full_1x"} & set(ranks)  # no bearing: unknown, and not ranked


def test_part_of_a_run_is_selected(owner, run, scope):
    line = trend_of(owner, scope, "rms").lines[0]
    chosen = narrowed(owner, scope, f"run:{line.run}:5,8").signals()
    assert sorted(chosen.values_list("recording__position", flat=True)) == [5, 5, 6, 6, 7, 7, 8, 8]


@pytest.mark.parametrize("sel", ["run:", "run:1", "run:x:1,2", "run:1:1,2;", "run:1:-1,2"])
def test_what_names_no_part_of_a_run_is_refused(owner, scope, sel):
    with pytest.raises(Exception, match="cannot be read"):
        narrowed(owner, scope, sel)


def test_the_figure_draws_lines_onset_and_zones(figure_of, run):
    figure = figure_of("show_trend", "explorer-trend", filter=f"dataset={run.pk}")
    lines = [trace for trace in figure.data if not trace.name.startswith("Onset")]
    (onset,) = [trace for trace in figure.data if trace.name.startswith("Onset")]
    assert [numbers(trace.x).size for trace in lines] == [N, N]
    assert list(onset.x) == [ONSET]
    assert "Zone A" in [note.text for note in figure.layout.annotations]
    assert figure.layout.yaxis.title.text == "Velocity RMS (mm/s)"


def test_time_is_counted_from_the_first_recording(figure_of, run):
    figure = figure_of("show_trend", "explorer-trend", filter=f"dataset={run.pk}", along="time")
    x = numbers(figure.data[0].x)
    assert (x[0], x[-1]) == (0, pytest.approx((N - 1) / 6))


def test_the_note_says_onset_and_zone(ask, run):
    answer = ask("show_trend", filter=f"dataset={run.pk}")["response"]
    note = answer["explorer-trend-note"]["children"]
    assert f"channel 1 at recording {ONSET}." in note
    assert "mm/s, zone " in note


def test_the_ranking_leads_to_each_feature(ask, run):
    answer = ask("show_trend_ranks", filter=f"dataset={run.pk}")["response"]
    shown = answer["explorer-trend-ranks"]["html"]
    assert "trend=rms" in shown
    assert answer["explorer-trend-ranks-meta"]["children"].endswith("features")


def test_without_runs_it_is_said_and_the_section_stays_away(client, owner, said, dataset):
    client.force_login(owner)
    assert any("belongs to a run" in text for text in said(
        "show_trend", filter=f"dataset={dataset.pk}"))  # fmt: skip
    page = client.get(f"/data-explorer/line/?dataset={dataset.pk}").content.decode()
    assert "data-runs" not in page
    assert not has_runs(Scope(owner, SignalFilter(), dataset.store))


def test_the_line_tells_that_there_are_runs(client, owner, run):
    client.force_login(owner)
    assert "data-runs" in client.get(f"/data-explorer/line/?dataset={run.pk}").content.decode()


def test_a_stranger_sees_no_run(said, run):
    words = said("show_trend", user=make_user("viewer"), filter=f"dataset={run.pk}")
    assert any("no such dataset" in text for text in words)


def test_lines_are_called_by_what_tells_them_apart():
    assert _titles(["B1", "B1"], ["run", "run"], ["x", "y"]) == ["x", "y"]
    assert _titles(["B1", "B2"], ["run", "run"], ["x", "x"]) == ["B1", "B2"]
    assert _titles(["B1"], ["run"], ["x"]) == ["B1 · run · x"]


def test_of_many_lines_those_that_changed_are_named_and_marked_above_all():
    lines = []
    for number in range(12):
        values = np.full(30, 1.0) + 0.01 * (np.arange(30) % 3)
        values[20:] += number == 4
        positions = np.arange(1, 31)
        lines.append(TrendLine(number, f"M{number}", positions, positions, None, values,
                               onset_of(values)))  # fmt: skip
    trend = Trend(ALL_FEATURES["rms"], lines, len(lines), 360)
    figure = trend_figure(
        trend, theme="light", label="RMS", by_time=False, limits=None, selected={}
    )
    assert [trace.name for trace in figure.data if trace.showlegend] == ["M4"]
    assert figure.layout.showlegend
    assert [trace.name for trace in figure.data][-1] == "Onset of M4"

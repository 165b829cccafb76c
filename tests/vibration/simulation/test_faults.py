"""Each class against the table of signatures, part by part and in whole records."""

import numpy as np
import pytest
from scipy import signal, stats

from vibration.simulation import CLASS_CODES, record_columns, simulate, simulate_parts
from vibration.simulation import single_class_recipe as recipe_of

FS_HZ = 20480.0
FAULTY = [code for code in CLASS_CODES if code != "healthy"]
STEADY = 8


def steady_records(class_code, severity="severe", n=STEADY):
    """Samples, parts and columns of the first records in which nothing changes."""
    recipe, found = recipe_of(class_code, severity), []
    for index in range(500):
        columns = record_columns(recipe, index)
        if columns["transient"] is None and not columns["progresses"]:
            found.append((simulate(recipe, index).samples, simulate_parts(recipe, index), columns))
        if len(found) == n:
            return found
    raise AssertionError("too few steady records")


def line(x, centre_hz, width=0.02):
    """Amplitude of the highest spectral line within ± 2 % of a frequency."""
    amplitude = np.abs(np.fft.rfft(x * np.hanning(x.size))) * 4 / x.size
    f_hz = np.fft.rfftfreq(x.size, 1 / FS_HZ)
    inside = np.abs(f_hz - centre_hz) <= width * centre_hz
    return amplitude[inside].max()


def orders(x, columns, *wanted):
    return [line(x, order * columns["rpm"] / 60) for order in wanted]


def load_factor(columns):
    return 0.3 + 0.7 * columns["load_percent"] / 100


def temp_factor(columns):
    return 0.9 + 0.2 * (columns["temperature_c"] - 40) / 40


def test_healthy_machines_have_no_fault_part():
    assert not any(name.startswith("fault:") for name in simulate_parts(recipe_of("healthy"), 0))


def test_every_machine_has_a_floor_and_a_residual_unbalance():
    for class_code in CLASS_CODES:
        parts = simulate_parts(recipe_of(class_code), 0)
        a = parts["floor"].std() / 0.05
        assert 0.2 * 0.51 * 0.9 * 0.98 < a < 0.3 * 1.1 * 1.02
        assert np.abs(parts["residual_1x"]).max() == pytest.approx(0.02 * a, rel=0.03)


def test_misalignment_has_2x_over_3x_over_1x():
    for x, _, columns in steady_records("misalignment"):
        once, twice, thrice = orders(x, columns, 1, 2, 3)
        s = columns["severity_factor"]
        assert twice > thrice > once
        assert (twice, thrice) == pytest.approx((0.35 * s, 0.20 * s), rel=0.15)


def test_imbalance_stands_at_1x():
    for x, _, columns in steady_records("imbalance"):
        once, twice, thrice = orders(x, columns, 1, 2, 3)
        assert once > 10 * max(twice, thrice)


def test_imbalance_grows_with_the_square_of_the_speed():
    for _, parts, columns in steady_records("imbalance"):
        ratio = columns["rpm"] / 3600
        expected = 0.5 * columns["severity_factor"] * load_factor(columns) * ratio**2
        assert np.abs(parts["fault:1x"]).max() == pytest.approx(expected, rel=0.01)


def test_imbalance_follows_a_ramp_with_the_square_of_the_speed(steady_index):
    recipe = recipe_of("imbalance")
    part = simulate_parts(recipe, steady_index(recipe, "speed_ramp"))["fault:1x"]
    before, after = np.abs(part[:20_000]).max(), np.abs(part[-20_000:]).max()
    assert after / before == pytest.approx((1.15 / 0.85) ** 2, rel=0.02)


@pytest.mark.parametrize(
    ("class_code", "sub_g", "once_g"),
    [
        ("clearance", 0.25, 0.18),
        ("cavitation_clearance", 0.22, 0.15),
    ],
)
def test_clearance_has_a_subsynchronous_line_over_1x(class_code, sub_g, once_g):
    for x, parts, columns in steady_records(class_code):
        s = columns["severity_factor"]
        sub = np.abs(parts["fault:subsynchronous"]).max()
        assert sub == pytest.approx(sub_g * s * temp_factor(columns), rel=0.01)
        assert np.abs(parts["fault:1x"]).max() == pytest.approx(once_g * s, rel=0.01)
        assert line(x, 0.455 * columns["rpm"] / 60, 0.06) > line(x, columns["rpm"] / 60)


def test_clearance_has_2x_below_1x():
    for x, _, columns in steady_records("clearance"):
        once, twice = orders(x, columns, 1, 2)
        assert once > twice > 0.05


@pytest.mark.parametrize(
    ("class_code", "part", "low", "high"),
    [
        ("clearance", "fault:subsynchronous", 0.43, 0.48),
        ("cavitation_clearance", "fault:subsynchronous", 0.43, 0.48),
        ("oil_whirl", "fault:whirl", 0.42, 0.48),
    ],
)
def test_subsynchronous_lines_stand_at_their_order(class_code, part, low, high):
    for _, parts, columns in steady_records(class_code):
        f_hz, psd = signal.periodogram(parts[part], FS_HZ, window="hann")
        order = f_hz[psd.argmax()] / (columns["rpm"] / 60)
        assert low - 0.005 < order < high + 0.005


def test_oil_whirl_is_modulated_by_20_percent_at_half_its_frequency():
    for _, parts, columns in steady_records("oil_whirl", n=3):
        envelope = np.abs(signal.hilbert(parts["fault:whirl"]))[5000:-5000]
        middle = 0.40 / np.sqrt(columns["sommerfeld"]) * columns["severity_factor"]
        assert (envelope.max(), envelope.min()) == pytest.approx(
            (1.2 * middle, 0.8 * middle), rel=0.02
        )
        f_hz, psd = signal.periodogram(envelope - envelope.mean(), FS_HZ, window="hann")
        assert 0.205 < f_hz[psd.argmax()] / (columns["rpm"] / 60) < 0.245


@pytest.mark.parametrize(
    ("class_code", "part", "law"),
    [
        ("oil_whirl", "fault:whirl", lambda c: 0.40 / np.sqrt(c["sommerfeld"]) * np.sqrt(1.02)),
        (
            "lubrication",
            "fault:stick_slip",
            lambda c: 0.30 * temp_factor(c) * 0.3 / c["sommerfeld"],
        ),
        (
            "wear_lubrication",
            "fault:stick_slip",
            lambda c: 0.2 * temp_factor(c) * 0.3 / c["sommerfeld"],
        ),
    ],
)
def test_whirl_and_stick_slip_shrink_as_the_sommerfeld_number_grows(class_code, part, law):
    for _, parts, columns in steady_records(class_code):
        expected = law(columns) * columns["severity_factor"]
        assert parts[part].std() * np.sqrt(2) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("class_code", ["oil_whirl", "lubrication"])
def test_the_whole_record_shrinks_as_the_sommerfeld_number_grows(class_code):
    found = steady_records(class_code, n=12)
    rms = [x.std() / columns["severity_factor"] for x, _, columns in found]
    assert stats.spearmanr(rms, [c["sommerfeld"] for *_, c in found]).statistic < -0.8


@pytest.mark.parametrize("class_code", ["lubrication", "wear_lubrication"])
def test_stick_slip_stands_at_2_to_5_hz(class_code):
    for x, *_ in steady_records(class_code):
        f_hz, psd = signal.periodogram(x, FS_HZ, window="hann")
        peak_hz = f_hz[1:][psd[1:].argmax()]
        assert 1.7 < peak_hz < 5.3


@pytest.mark.parametrize(
    ("class_code", "fewest", "most", "peak_g", "decay_s"),
    [
        ("lubrication", 1, 4, 0.5, 1e-3),
        ("wear_lubrication", 2, 5, 0.4, 5e-4),
    ],
)
def test_contacts_are_few_short_and_decaying(class_code, fewest, most, peak_g, decay_s):
    for _, parts, columns in steady_records(class_code):
        pulses = parts["fault:impacts"] / (peak_g * columns["severity_factor"])
        onsets = np.flatnonzero(np.diff(pulses, prepend=0.0) > 0.5)
        assert fewest <= onsets.size <= most
        alone = onsets[0]
        later = alone + round(decay_s * FS_HZ)
        assert pulses[alone] == pytest.approx(1.0, rel=1e-3)
        assert pulses[later] == pytest.approx(np.exp(-(later - alone) / FS_HZ / decay_s), rel=1e-3)


@pytest.mark.parametrize(
    ("class_code", "fewest", "most"),
    [
        ("cavitation", 2, 7),
        ("cavitation_clearance", 3, 7),
    ],
)
def test_cavitation_comes_in_2_to_7_bursts_of_8_ms(class_code, fewest, most):
    for _, parts, _ in steady_records(class_code):
        busy = np.convolve(parts["fault:bursts"] != 0, np.ones(40), "same") > 0
        starts = np.flatnonzero(np.diff(busy.astype(int), prepend=0) == 1)
        assert 1 <= starts.size <= most
        assert np.count_nonzero(parts["fault:bursts"]) <= most * 164
        assert np.count_nonzero(parts["fault:bursts"]) > (fewest - 1) * 164


def test_cavitation_has_the_largest_kurtosis(measured):
    median = {code: np.median(measured(code)["kurtosis"]) for code in CLASS_CODES}
    assert max(median, key=median.get) == "cavitation"


def test_cavitation_lifts_1_4_to_2_6_khz(measured):
    f_hz = np.fft.rfftfreq(16384, 1 / FS_HZ)
    band = (f_hz >= 1400) & (f_hz < 2600)
    lift = measured("cavitation")["psd"].mean(axis=0) / measured("healthy")["psd"].mean(axis=0)
    assert lift[band].mean() > 1.5
    assert lift[(f_hz > 3200) & (f_hz < 9000)].mean() == pytest.approx(1.0, abs=0.1)


def test_wear_has_the_flattest_spectrum_of_the_faulty_classes(measured):
    median = {code: np.median(measured(code)["flatness"]) for code in FAULTY}
    assert max(median, key=median.get) == "wear"


def test_wear_is_broadband_with_1x_over_2x():
    for x, parts, columns in steady_records("wear"):
        once, twice = orders(x, columns, 1, 2)
        assert once > twice
        q = load_factor(columns) * temp_factor(columns)
        sigma = 0.25 * q * np.sqrt(columns["sommerfeld"] / 0.15) * columns["severity_factor"]
        assert parts["fault:roughness"].std() == pytest.approx(sigma * np.sqrt(1.045), rel=0.03)


def test_healthy_has_the_lowest_class_median_rms(measured):
    median = {code: np.median(measured(code)["rms"]) for code in CLASS_CODES}
    assert min(median, key=median.get) == "healthy"


@pytest.mark.parametrize(
    ("class_code", "components"),
    [
        ("misalignment_imbalance", {"2x", "3x", "1x"}),
        ("wear_lubrication", {"roughness", "1x", "2x", "stick_slip", "impacts"}),
        ("cavitation_clearance", {"bursts", "subsynchronous", "1x"}),
    ],
)
def test_both_parts_of_a_mixed_fault_are_present_at_once(class_code, components):
    for _, parts, _ in steady_records(class_code, "incipient", n=3):
        names = {name.removeprefix("fault:") for name in parts if name.startswith("fault:")}
        assert names == components
        assert all(np.abs(parts[f"fault:{name}"]).max() > 0.01 for name in names)


def test_misalignment_with_imbalance_has_1x_2x_and_3x():
    for x, _, columns in steady_records("misalignment_imbalance"):
        once, twice, thrice = orders(x, columns, 1, 2, 3)
        s, ratio = columns["severity_factor"], columns["rpm"] / 3600
        expected = [0.35 * load_factor(columns) * ratio**2 * s, 0.25 * s, 0.15 * s]
        assert [once, twice, thrice] == pytest.approx(expected, rel=0.2)


@pytest.mark.parametrize("class_code", FAULTY)
def test_severity_multiplies_the_signature_once(class_code):
    mild, severe = recipe_of(class_code, "mild"), recipe_of(class_code, "severe")
    index = next(
        i
        for i in range(500)
        if not (c := record_columns(mild, i))["progresses"] and c["transient"] is None
    )
    ratio = (
        record_columns(severe, index)["severity_factor"]
        / record_columns(mild, index)["severity_factor"]
    )
    weak, strong = simulate_parts(mild, index), simulate_parts(severe, index)
    for name, part in weak.items():
        factor = ratio if name.startswith("fault:") else 1.0
        assert np.allclose(strong[name], factor * part, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("transient", "progresses"), [("load_step", False), (None, True)])
def test_what_changes_in_a_record_changes_the_fault_alone(steady_index, transient, progresses):
    recipe = recipe_of("imbalance", "incipient")
    index = steady_index(recipe, transient, progresses=progresses)
    parts, columns = simulate_parts(recipe, index), record_columns(recipe, index)
    s = columns["severity_factor"]
    start, end = (0.7 * s, s) if transient else (s, s + 0.3)
    first, last = np.abs(parts["fault:1x"][:500]).max(), np.abs(parts["fault:1x"][-500:]).max()
    assert last / first == pytest.approx(end / start, rel=0.03)
    residual = parts["residual_1x"]
    assert np.abs(residual[:500]).max() == pytest.approx(np.abs(residual[-500:]).max(), rel=0.03)

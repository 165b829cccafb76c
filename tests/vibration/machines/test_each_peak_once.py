from vibration.machines.bearings import Line
from vibration.machines.lines import FoundLine
from vibration.machines.slip import each_peak_once


def found(name, harmonic, measured_hz, deviation_percent, is_found=True):
    line = Line(name, harmonic, 1.0, measured_hz)
    return FoundLine(line, measured_hz, 1.0, deviation_percent, 50.0, is_found)


def test_a_peak_near_two_lines_belongs_to_the_nearest():
    near, far = found("BPFI", 2, 323.36, -0.31), found("BPFO", 3, 323.36, 0.40)
    assert [one.is_found for one in each_peak_once([far, near])] == [False, True]


def test_two_peaks_stay_two():
    lines = [found("BPFI", 1, 161.7, -0.3), found("BPFI", 2, 323.4, -0.3)]
    assert each_peak_once(lines) == lines


def test_a_line_that_was_not_found_takes_no_peak():
    missed, near = found("FTF", 1, 12.0, 0.1, is_found=False), found("BSF", 1, 12.0, 0.5)
    assert [one.is_found for one in each_peak_once([missed, near])] == [False, True]

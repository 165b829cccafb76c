"""What a table or a pattern of paths says of files."""

import pytest

from vibration.errors import FormatError
from vibration.formats.mapping import facts_of, table_read
from vibration.formats.path_patterns import PathPattern
from vibration.formats.sayings import Said, Sayings


def row(content: str):
    (found,) = table_read(content.encode(), "labels.csv").rows.values()
    return facts_of(found)


@pytest.mark.parametrize(
    ("title", "cell", "fact", "value"),
    [
        ("Speed (Hz)", "25", "rpm", 1500.0),
        ("shaft_hz", "25", None, None),
        ("speed_rpm", "1797,5", "rpm", 1797.5),
        ("rpm", "1797", "rpm", 1797.0),
        ("fs_khz", "25.6", "fs_hz", 25_600.0),
        ("Sampling rate", "12 kHz", "fs_hz", 12_000.0),
        ("load_hp", "2", "load", "2 hp"),
        ("Load [N]", "700", "load", "700 n"),
        ("load", "full", "load", "full"),
        ("fault_size_mil", "7", "fault_size_mm", 0.1778),
        ("sensor", "DE|FE", "channel", ("DE", "FE")),
        ("Fault type", "ball", "label", "ball"),
    ],
)
def test_a_column_is_known_by_its_title_and_its_unit(title, cell, fact, value):
    facts = row(f"file;run;{title}\na;first;{cell}\n")
    assert facts == {"run": "first"} | ({fact: value} if fact else {})


@pytest.mark.parametrize(
    ("title", "cell", "words"),
    [
        ("speed", "9 km/h", "in rpm or Hz, not in km/h"),
        ("speed", "-3", "above 0"),
        ("speed", "2e6 rpm", "at most 1 million rpm"),
        ("speed", "1500 g", "in rpm or Hz, not in g"),
        ("rate", "1e12", "10 Hz to 10 million Hz"),
        ("rate", "0", "10 Hz to 10 million Hz"),
        ("rate", "1e400", "too large a number"),
        ("rate", "9" * 100_000, "too long for a number"),
        ("recorded at", "yesterday", "no time"),
        ("specimen", "x" * 101, "longer than 100"),
        ("pulses", "0", "1 to 10000 pulses"),
        ("rpm", "9" * 100_000, "too long for a number"),
        ("fault_size_mm", "1" * 100_000 + "/3 in", "number with its unit"),
        ("load", "9" * 100_000, "longer than 100"),
        ("label", "inner\u202erace", r"\\u202e.* cannot be seen"),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_line(title, cell, words):
    with pytest.raises(FormatError, match=f"Line 2, {title}: .*({words})"):
        row(f"file;{title}\na;{cell}\n")


def test_the_plainer_of_two_titles_for_a_fact_is_read():
    assert row("file;fault;label\na;17;ball\n") == {"label": "ball"}


def test_a_file_is_found_by_the_longest_end_of_its_path():
    table = table_read(b"file,run\nacc_1.csv,any\nb1/acc_1.csv,one\nB2/ACC_1,two\nb3,three\n", "t")
    runs = {
        path: table.key_of(path) for path in ("r/b1/acc_1.csv", "r/b2/acc_1.csv", "x/acc_1.csv")
    }
    assert list(runs.values()) == ["b1/acc_1.csv", "B2/ACC_1", "acc_1.csv"]
    assert table.key_of("r/b3/deep/7.csv") == "b3"
    assert table.key_of("r/b4/7.csv") is None


def test_folder_and_file_in_columns_of_their_own_are_one_path():
    table = table_read(b"folder,file,label\nb1,1.csv,x\nb2,1.csv,y\n", "t")
    assert list(table.rows) == ["b1/1.csv", "b2/1.csv"]


@pytest.mark.parametrize(
    ("pattern", "path", "facts"),
    [
        ("{label}/{specimen}/*", "r/cage/B1/7.csv", {"label": "cage", "specimen": "B1"}),
        ("{speed (Hz)}Hz{load}N/*/*", "35Hz12N/B1/1.csv", {"rpm": 2100.0, "load": "12"}),
        ("{label}_{fault size}mil", "x/IR_7mil.mat", None),
        ("{label}_{fault_size_mil}mil", "x/IR_7mil.mat",
         {"label": "IR", "fault_size_mm": 0.1778}),
        ("{specimen}", "x/2003.10.22", {"specimen": "2003"}),
        ("{specimen}/*", "ims/2003.10.22.12.06.24", {"specimen": "ims"}),
    ],
)  # fmt: skip
def test_a_pattern_reads_folders_and_names(pattern, path, facts):
    if facts is None:
        facts = {"label": "IR", "fault_size_mm": 7.0}
    assert PathPattern.of(pattern).facts_of(path) == facts


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("*/x", "in braces"),
        ("{colour}", "names “colour”; it can name label"),
        ("{label}{run}", "Nothing stands before .run."),
        ("{label}/{class}_{label}", "label twice"),
        ("{label}a*a*a*a*a*a*a*b", "at most 6 stars"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(pattern, words):
    with pytest.raises(FormatError, match=words):
        PathPattern.of(pattern)


def test_a_name_that_fits_in_a_great_many_ways_but_for_its_end_is_of_no_pattern():
    facts = ("label", "class", "load", "specimen", "run", "severity", "unit", "channel")
    pattern = "_".join(f"{{{fact}}}" for fact in facts) + "!"
    assert PathPattern.of(pattern).facts_of("_" * 250) is None


def test_what_found_no_file_is_said_and_a_table_of_none_refused(tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("file,label\na.csv,x\nz.csv,y\n")
    said = Sayings(Said(label_from=str(labels), pattern="{specimen}_*"))
    with pytest.raises(FormatError, match=r"No row of labels\.csv speaks of any"):
        said.prove_heard()
    said.of(tmp_path / "a.csv", "a.csv")
    said.of(tmp_path / "B1_1.csv", "B1_1.csv")
    said.prove_heard()
    assert said.unheard() == [
        "1 row of labels.csv found no file, the first: z.csv.",
        "1 file does not fit --pattern, the first: a.csv.",
    ]

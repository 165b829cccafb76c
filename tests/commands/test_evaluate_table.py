import gzip
import json

import numpy as np
import pytest

from tests.commands.running import called, refusal
from tests.vibration.learning.drawn import bearings

KEYS = [
    "experiment",
    "protocol",
    "groups",
    "n_signals",
    "n_groups",
    "score",
    "interval",
    "random_score",
    "majority",
    "gap",
    "gap_interval",
    "warning",
    "seconds",
]
HEADER = "specimen,class,load,a,b,c,d"
COLUMNS = ("--label", "class", "--group", "specimen")


def lines():
    x, y, groups = bearings(1.0)
    return [
        ",".join([f"S{group:02}", f"{number}", str(row % 2), *map(repr, values.tolist())])
        for row, (values, number, group) in enumerate(zip(x, y, groups, strict=True))
    ]


@pytest.fixture
def written(tmp_path):
    def write(*rows, header=HEADER, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes("\n".join([header, *rows]).encode(encoding))
        return str(path)

    return write


def numbers(path, *options):
    return json.loads(
        called("evaluate_table", path, *COLUMNS, "--model", "logistic", *options, "--json")
    )


def sentence(path, *options):
    error = refusal("evaluate_table", path, *COLUMNS, "--model", "logistic", *options)
    assert error.returncode == 2
    assert len(str(error).splitlines()) == 1
    return str(error)


def test_its_json_holds_score_interval_random_score_and_warning(written):
    found = numbers(written(*lines()), "--features", "a:d")
    assert list(found) == KEYS
    assert (found["n_signals"], found["n_groups"]) == (120, 12)
    assert found["interval"][0] < found["score"] < found["interval"][1]
    assert found["gap"] == pytest.approx(found["random_score"] - found["score"])
    assert found["warning"].startswith("A random split says")


def test_the_same_seed_gives_the_same_numbers(written):
    path = written(*lines())
    first, second = (numbers(path, "--seed", "3") for _ in range(2))
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_a_packed_table_gives_the_same(written, tmp_path):
    path = written(*lines())
    packed = tmp_path / "table.csv.gz"
    with gzip.open(packed, "wt") as file:
        file.write("\n".join([HEADER, *lines()]))
    assert numbers(str(packed))["score"] == numbers(path)["score"]


def test_a_table_of_semicolons_decimal_commas_and_a_bom_gives_the_same(written):
    path = written(*lines())
    plain = numbers(path)["score"]
    foreign = [line.replace(",", ";").replace(".", ",") for line in lines()]
    path = written(*foreign, header=HEADER.replace(",", ";"), encoding="utf-8-sig")
    assert numbers(path)["score"] == plain


def test_a_name_of_an_archive_makes_none(written, tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_text("\n".join([HEADER, *lines()]))
    assert numbers(str(path))["score"] == numbers(written(*lines()))["score"]


def test_columns_of_text_are_no_features_by_default(written):
    rows = [f"{line},word" for line in lines()]
    assert numbers(written(*rows, header=f"{HEADER},note"), "--seed", "1")["n_signals"] == 120


def test_leaving_a_value_out_says_what_is_shared(written):
    found = numbers(written(*lines()), "--protocol", "leave-out:load")
    assert found["protocol"] == "leave one load out (new: load; shared: all 12 bearings)"


def test_only_rows_with_one_of_the_values_are_kept(written):
    found = numbers(written(*lines()), "--where", "load=1", "--where", "class=0,1")
    assert (found["n_signals"], found["n_groups"]) == (40, 8)


def test_a_missing_value_is_imputed_and_a_constant_feature_does_no_harm(written):
    rows = [
        f"{line.rpartition(',')[0]},{'' if row % 3 else '7'}" for row, line in enumerate(lines())
    ]
    assert 0 < numbers(written(*rows), "--features", "a,b,d")["score"] < 1


def test_its_text_names_the_majority_and_the_doubt(written):
    printed = called("evaluate_table", written(*lines()), *COLUMNS, "--model", "logistic")
    assert "Majority class      33.3 %" in printed
    assert "Few bearings: read the interval as a lower bound of the doubt." in printed


def test_a_class_of_one_group_is_refused_by_name(written):
    rows = [line.replace(",2,", ",1,", 1) for line in lines() if not line.startswith(("S09", "S1"))]
    rows = [line.replace(",1,", ",N,", 1) if line.startswith("S08") else line for line in rows]
    said = sentence(written(*rows))
    assert said.startswith(
        "Class N comes from one bearing. No split can tell the fault from the bearing."
    )


def test_equal_rows_in_two_groups_are_refused(written):
    rows = [*lines(), lines()[0].replace("S00", "S01")]
    said = sentence(written(*rows), "--where", "load=0")
    assert said.startswith("Rows 2 (S00) and 122 (S01) have the same features although")


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--features", "a:z"), "no column “z”"),
        (("--features", "d:a"), "write a:d"),
        (("--features", "class,a"), "is the label"),
        (("--features", "a,,b"), "An empty name stands among the features"),
        (("--where", "load="), "No row has load = nothing."),
        (("--where", "load=9"), "No row has load = 9."),
        (("--where", "nothing=9"), "no column “nothing”"),
        (("--where", "class=0"), "nothing to tell apart"),
        (("--protocol", "leave-out:nothing"), "no column “nothing”"),
    ],
)
def test_what_the_table_lacks_is_named(options, part, written):
    assert part in sentence(written(*lines()), *options)


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        (["S1,x,0,1,2,3"], "Row 2 has 6 cells"),
        (["S1,x,0,inf,2,3,4"], "a is infinite"),
        (["S1,x,0,1,2,3," + "9" * 5000], "d is infinite"),
        (["S1,,0,1,2,3,4"], "nothing in column class"),
        ([",x,0,1,2,3,4"], "nothing in column specimen"),
        (["S1,x,0,ah,2,3,4"], "“ah” in column a"),
        (["S1,x,0,1_000,2,3,4"], "“1_000” in column a"),
        (["S1,x,0,1,2,3,4"], "Every row is of class x"),
        (["S1,x,0,1,2,3,4", "S1,y,0,2,2,3,4"], "Every class comes from one bearing"),
        (["S1,x,0,,nan,,"], "No column of features holds a number"),
        ([], "no rows"),
        ([f"S1,{'x' * 300},0,1,2,3,4"], "longer than 200"),
        (['S1,"x'], "cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(rows, part, written):
    assert part in sentence(written(*rows), "--features", "a:d")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", "is empty"),
        ("specimen,class,a,a", "stands twice"),
        ("specimen,a,b", "no column “class”"),
        (",".join(f"c{number}" for number in range(20_000)), "more than 10000 columns"),
        ("x" * 10_000_000, "longer than 2000000 characters"),
    ],
    ids=["empty", "twice", "unlabelled", "wide", "endless"],
)
def test_a_header_that_cannot_be_used_is_refused(header, part, written):
    assert part in sentence(written(header=header))


def test_text_in_another_encoding_is_refused(written):
    assert "UTF-8" in sentence(written("Größe,x,0,1,2,3,4", encoding="latin-1"))


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *lines()]).encode())[:-20])
    assert "cut off" in sentence(str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "does not exist" in sentence(str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    "options", [("--protocol", "random"), ("--where", "load"), ("--model", "oracle")]
)
def test_options_of_another_form_are_refused(options, written):
    refusal("evaluate_table", written(*lines()), *COLUMNS, *options)


def test_labels_that_are_numbers_are_names(written):
    rows = [line.replace(",0,", ",10,", 1) for line in lines()]
    assert np.isfinite(numbers(written(*rows))["score"])

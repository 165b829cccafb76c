import pytest
import yaml

from datasets.exports.card import (
    CardFacts,
    bibtex,
    card,
    checksum_list,
    citation_file,
    licence_code,
    size_category,
)


def facts(**changed):
    start = {
        "name": "Whirl & study",
        "description": "At 60 Hz.",
        "licence": "CC BY 4.0",
        "citation": "",
        "author": "A. Person",
        "address": "https://portal.example.org/datasets/1/",
        "year": 2026,
        "version": "2",
        "n_signals": 1430,
        "is_simulated": True,
        "classes": {"Healthy": 130, "Odd | name": 1300},
        "files": {"data/signals.h5": "waveforms"},
        "fs_hz": (20480.0,),
        "units": ("g",),
    }
    return CardFacts(**(start | changed))


def head_of(text):
    return yaml.safe_load(text.split("---\n")[1])


@pytest.mark.parametrize(
    ("n", "words"), [(1, "1 signal of sim"), (100_000, "100\u202f000 signals of sim")]
)
def test_the_signals_are_counted_as_people_write_them(n, words):
    assert words in card(facts(n_signals=n))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("CC BY 4.0", "cc-by-4.0"),
        ("CC-BY-4.0", "cc-by-4.0"),
        ("CC BY-NC 4.0 International", "cc-by-nc-4.0"),
        ("MIT License", "mit"),
        ("Apache 2.0", "apache-2.0"),
        ("cc0-1.0", "cc0-1.0"),
        ("House rules", "other"),
        ("", "unknown"),
    ],
)
def test_a_licence_has_the_identifier_of_the_hub(said, code):
    assert licence_code(said) == code


@pytest.mark.parametrize(
    ("n", "name"), [(999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (1, "n<1K")]
)
def test_a_size_has_the_class_of_the_hub(n, name):
    assert size_category(n) == name


def test_the_head_is_what_the_hub_reads():
    head = head_of(card(facts()))
    assert set(head) == {
        *("license", "pretty_name", "size_categories", "task_categories", "tags", "configs"),
    }
    assert head["configs"] == [{"config_name": "index", "data_files": "index.parquet"}]
    assert "synthetic" in head["tags"]


def test_an_own_licence_is_named_and_linked():
    head = head_of(card(facts(licence="House rules 2")))
    assert (head["license_name"], head["license_link"]) == ("house-rules-2", "LICENSE.md")


def test_a_name_that_is_yaml_stays_a_name():
    assert head_of(card(facts(name="a: [b] # c")))["pretty_name"] == "a: [b] # c"


def test_the_citation_file_reads_back():
    content = yaml.safe_load(citation_file(facts()))
    assert content["cff-version"] == "1.2.0"
    assert content["authors"] == [{"name": "A. Person"}]


def test_bibtex_marks_what_tex_would_read():
    entry = bibtex(facts())
    assert entry.startswith("@misc{whirl-study-2026,")
    assert "title = {Whirl \\& study}," in entry


def test_checksums_are_written_as_sha256sum_reads_them():
    assert checksum_list({"b": "22", "a": "11"}) == "11  a\n22  b\n"

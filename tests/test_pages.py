"""The generated tables: every slip of the reports has a cell, every experiment its lessons, every named slip a line."""

import importlib
from pathlib import Path

import pytest

from course_utils.author import errata, glossary, misconceptions, pages
from course_utils.author.errata import ERRATA, EXPERIMENTS, Home, Lessons
from course_utils.author.solved import BuildError
from course_utils.exercises import registry

from .test_lessons import ROWS

ROOT = Path(__file__).parent.parent
ELBO_AND_SIGMA = [(glossary.TERMS, "ELBO"), (glossary.SYMBOLS, r"$\sigma$")]


def test_the_stored_pages_are_what_course_tables_writes():
    assert pages.stale(ROOT) == []


def test_all_slips_of_the_reports_are_listed_once():
    wanted = [f"M{i}" for i in range(1, 27)] + [f"K{i}" for i in range(1, 31)]
    assert [erratum.row for erratum in ERRATA] == wanted


def test_experiments_are_rebuilt_in_the_lessons_whose_cards_name_them():
    rebuilt = {(home.lesson, row.row) for row in EXPERIMENTS for home in row.homes}
    assert rebuilt == {(lesson, row) for lesson, rows in ROWS.items() for row in rows}
    assert len(EXPERIMENTS) == len({row for rows in ROWS.values() for row in rows}) == 43


@pytest.mark.parametrize(
    ("home", "says"),
    [
        (Home("99", "title"), "there is no lesson 99"),
        (Home("08", "gone"), "has no cell gone"),
        (Home("08", "mass", "46.7 %"), "lacks '46.7 %'"),
    ],
)
def test_a_row_that_loses_its_home_stops_the_page(home, says):
    with pytest.raises(BuildError, match=f"^Row M0 has lost its home: .*{says}"):
        Lessons(ROOT).link("M0", home)


def test_a_home_is_linked_by_the_heading_above_its_words():
    link = Lessons(ROOT).link("M2", Home("01", "surprise-see", "Report E's text prints this formula without it"))
    assert link == "[01, `surprise-see`](../lessons/01_pixels_and_nats.ipynb#2-%C2%B7-From-a-pixel-to-an-image)"


def test_a_page_that_was_edited_or_lost_is_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PAGES", {"docs/ERRATA.md": errata.page})
    (tmp_path / "solutions").symlink_to(ROOT / "solutions")
    path = tmp_path / "docs" / "ERRATA.md"
    assert pages.write(tmp_path) == [path] and pages.write(tmp_path) == []
    path.write_text(path.read_text(encoding="utf-8").replace("0.02 nats", "0.03 nats"), encoding="utf-8")
    assert pages.stale(tmp_path) == ["docs/ERRATA.md is not what course tables writes: run course tables."]


def test_the_last_digit_of_another_cpu_makes_no_page_stale():
    assert pages.alike("| 0.5631 | a", "| 0.5632 | a")
    assert not pages.alike("| 0.563 | a", "| 0.573 | a") and not pages.alike("| 0.5 | a", "| 0.5 | b")


@pytest.mark.parametrize("exercise_id", ["2.2", "9.1"])
def test_every_catalogued_cause_has_a_line(exercise_id):
    """Suspects in a list, and cases in a table; shapes and their like are common to all exercises."""
    exercise = registry.find(exercise_id)
    wrong = importlib.import_module(f"tests.catalogue.lesson_{exercise.lesson}").WRONG[exercise_id]
    common = {"shape", "value", "raised", "not-finite", "detached", "returned-nothing", "not-numbers"}
    common |= {"not-a-word", "unknown-word"}
    found = {slip.code: slip for slip in misconceptions.slips(exercise)}
    assert {code for _, code in wrong} - common <= found.keys()
    assert all(slip.cause for slip in found.values())


def test_a_slip_stands_beside_the_right_number():
    slip = next(slip for slip in misconceptions.slips(registry.find("0.3")) if slip.code == "percent")
    assert float(slip.gives) == pytest.approx(100 * float(slip.right), rel=1e-3)


def test_a_term_is_at_home_in_the_first_cell_that_has_it_and_cards_do_not_count():
    """The card of lesson 02 names the ELBO long before a section brings it in."""
    term, symbol = (next(entry for entry in entries if entry.name == name) for entries, name in ELBO_AND_SIGMA)
    homes = glossary.first_cells([term, symbol], ROOT)
    assert homes[term] != Home("02", "title", "ELBO") and homes[term].lesson == "02"
    assert homes[symbol] == Home("00", "closing", r"$\sigma$")


def test_a_term_that_no_lesson_brings_in_stops_the_page():
    with pytest.raises(BuildError, match="No cell brings in phlogiston"):
        glossary.first_cells([glossary.Entry("phlogiston", "What burns.")], ROOT)


def test_every_entry_of_the_glossary_stands_once_and_is_a_sentence():
    names = [entry.name for entry in (*glossary.TERMS, *glossary.SYMBOLS)]
    assert len(names) == len(set(names)) and len(names) > 100
    assert all(entry.meaning.endswith(".") for entry in (*glossary.TERMS, *glossary.SYMBOLS))

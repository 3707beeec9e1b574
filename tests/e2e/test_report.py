"""The report on the synthetic Assembly, as a person asks for it and as a browser shows it."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from warehouses import unga

from orchestration.published.query import QueryError
from reports.page import build_report
from reports.question import ReportError

POWERS = ["CHN", "RUS", "TUR", "DEU", "USA"]
PNG = b"\x89PNG\r\n\x1a\n"
ALL_DRAWN = "!document.querySelector('.chart:not([data-drawn])')"


@pytest.fixture(scope="module")
def sample(built_sample: Path) -> Path:
    return built_sample / "sample/unga.duckdb"


@pytest.fixture(scope="module")
def page_file(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(sample, tmp_path_factory.mktemp("report"), "KAZ", POWERS, 2007, 2022).page


def test_the_command_writes_page_and_figures(built_sample, tmp_path):
    said = unga(
        built_sample, "report", "--sample", "--focus", "kaz", "--powers", "CHN, USA",
        "--from", "2010", "--to", "2012", "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    names = {file.name for file in (tmp_path / "out").iterdir()}
    figures = ("years", "topics", "opposition", "world")
    assert names == {"report.html"} | {
        f"{figure}.{kind}" for figure in figures for kind in ("png", "svg")
    }
    assert (tmp_path / "out" / "world.png").read_bytes().startswith(PNG)
    for figure in figures:
        svg = (tmp_path / "out" / f"{figure}.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "SYNTHETIC" in svg


def test_the_command_names_the_nearest_states(built_sample, tmp_path):
    said = unga(
        built_sample, "report", "--sample", "--focus", "KAX", "--output", str(tmp_path / "out")
    )
    assert said.returncode == 1
    assert "unknown state 'KAX': did you mean KAZ (Kazakhstan)" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("KAZ", ["CHN", "XXQ"], 2007, 2022, "study"), "unknown state 'XXQ'"),
        (("KAZ'; drop", ["CHN"], 2007, 2022, "study"), "unknown state"),
        (("KAZ", ["KAZ"], 2007, 2022, "study"), "at least one power"),
        (("KAZ", [*POWERS, "FRA", "GBR", "POL"], 2007, 2022, "study"), "8 powers"),
        (("KAZ", ["CHN"], 2022, 2007, "study"), "2022 to 2007 are no period"),
        (("KAZ", ["CHN"], 1900, 2007, "study"), "votes begin in 1946"),
        (("KAZ", ["CHN"], 1950, 1960, "study"), "KAZ cast no vote from 1950 to 1960"),
        (("KAZ", ["CHN"], 2007, 2022, "unbis"), "'unbis': it is one of study, voeten"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused_in_words(sample, tmp_path, arguments, words):
    with pytest.raises(ReportError, match=re.escape(words)):
        build_report(sample, tmp_path / "out", *arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("years", [(2007, 2022), (2010, 2012)])
def test_the_page_says_how_much_of_the_recorded_votes_is_there(sample, tmp_path, years):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute(
            "create or replace table marts.coverage as select *, "
            "greatest(counted_by_library - found, 0) as missing, "
            "greatest(found - counted_by_library, 0) as too_many from (values (2006, 70, 1), "
            "(2010, 100, 90), (2011, 50, 57), (2012, 1200, 1114), (2013, null, 9), (2023, 60, 1)) "
            "as rows (year, counted_by_library, found)"
        )
    first, last = years
    page = build_report(database, tmp_path / "out", "KAZ", ["CHN"], first, last).page
    # Seven more than the Library counts in 2011 make up for none that is missing.
    said = "1,254 of 1,350 recorded votes of 2010 to 2012, and 7 others are in this file"
    assert said in page.read_text(encoding="utf-8")


def test_the_page_says_nothing_of_coverage_that_the_file_does_not_tell(sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute("drop table if exists marts.coverage")
    page = build_report(database, tmp_path / "out", "KAZ", ["CHN"], 2010, 2012).page
    assert "recorded votes of" not in page.read_text(encoding="utf-8")


def test_without_a_published_file_a_person_is_told_what_to_do(tmp_path):
    with pytest.raises(QueryError, match="unga refresh"):
        build_report(tmp_path / "none.duckdb", tmp_path / "out", "KAZ", POWERS, 2007, 2022)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_works_offline_and_is_readable(browser, page_file, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said, asked_for = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(page_file.as_uri())
    page.wait_for_function(ALL_DRAWN)
    assert said == []
    assert asked_for == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # Also with everything unfolded.
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".chart").count() == 4
    for chart in page.locator(".chart").all():
        assert chart.get_attribute("aria-label")
        box, drawn = chart.bounding_box(), chart.locator("svg").first.bounding_box()
        assert box and drawn
        assert 0.9 * box["width"] <= drawn["width"] <= box["width"] + 1
    for table in page.locator("table").all():
        assert table.locator("thead th[scope=col]").count() > 1
    assert page.get_by_role("alert").inner_text().startswith("SYNTHETIC")
    assert page.title().startswith("SYNTHETIC")
    assert re.match(
        r"Kazakhstan voted most like .* and least like", page.locator("h1").inner_text()
    )
    context.close()


@pytest.mark.browser
def test_without_scripts_the_figures_are_still_there(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("figure svg:visible").count() >= 4
    context.close()


@pytest.mark.browser
def test_what_the_file_says_is_never_taken_for_html(browser, sample_warehouse, tmp_path):
    file = sample_warehouse / "sample/unga.duckdb"
    wicked = "</script><script>document.title = 'taken'</script><b id=taken>&"
    with duckdb.connect(file) as connection:
        connection.execute("update marts.key_votes set title = ?, conflict = ?", [wicked, wicked])
        connection.execute("update marts.dim_topics set name = ?", [wicked])
        connection.execute(
            "update marts.dim_member_states set name = ? where state = 'CHN'", [wicked]
        )
        connection.execute("update raw.releases set citation = ?, licence = ?", [wicked, wicked])
    context = browser.new_context()
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(build_report(file, tmp_path, "KAZ", POWERS, 2007, 2022).page.as_uri())
    page.wait_for_function(ALL_DRAWN)
    assert page.title() != "taken"
    assert page.locator("#taken").count() == 0
    assert wicked in page.locator("#cite").inner_text()
    assert said == []
    context.close()


def test_a_state_that_is_no_more_and_one_that_is_new_have_pages(sample, tmp_path):
    old = build_report(sample, tmp_path / "CSK", "CSK", ["RUS", "USA", "SSD"], 1989, 2000).page
    text = old.read_text(encoding="utf-8")
    assert "It was a member from 24 October 1945 to 1 January 1993." in text
    assert "South Sudan and Czechoslovakia share no roll call in these years." in text
    assert "None of the listed key votes was taken from 1989 to 2000" in text
    new = build_report(sample, tmp_path / "SSD", "SSD", ["CHN", "USA"], 2007, 2022).page
    assert "It has been a member since 14 July 2011." in new.read_text(encoding="utf-8")


def test_a_power_that_is_the_focus_state_is_left_out(sample, tmp_path):
    page = build_report(sample, tmp_path, "RUS", ["RUS", "CHN", "USA"], 2007, 2022, "voeten").page
    text = page.read_text(encoding="utf-8")
    assert "Cohesion with Russia falls in the order China &gt; United States." in text
    assert "There are no votes to test it on." in text

"""The report on the synthetic Assembly, as users request it and as a browser shows it."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from warehouses import unga

from orchestration.published.query import QueryError
from orchestration.sources.schemas import ESTIMATES
from reports.figures import COLOURS, OWN_PLACES, STEP_NAMES
from reports.page import build_report
from reports.question import ReportError

POWERS = ["CHN", "RUS", "TUR", "DEU", "USA"]
PNG = b"\x89PNG\r\n\x1a\n"
# The printable area of US letter paper, the shorter format, within margins of 15 mm, in pixels.
PAPER = (702, 941)
ALL_DRAWN = "!document.querySelector('.chart:not([data-drawn])')"


@pytest.fixture(scope="module")
def sample(built_sample: Path) -> Path:
    return built_sample / "sample/unga.duckdb"


# The sessions that opened from 2006 to 2022; that of 2010 has no ideal point of Russia.
IDEAL_POINTS = """
    insert into raw.ideal_points by name
    select
        'all_votes' as series, session, state, x + session / 1000 as estimate,
        x - 0.3 as q05, x + 0.3 as q95, 1.0 as rhat, 10 as votes
    from range(61, 78) as sessions (session)
    cross join (
        values ('KAZ', -0.5), ('CHN', -0.8), ('RUS', 0.1), ('TUR', 0.8), ('DEU', 1.2), ('USA', 2.7)
    ) as points (state, x)
    where not (state = 'RUS' and session = 65)
"""
RUN = """
    insert into raw.ideal_points_run by name
    select
        series, data_through, if(?, votes_key, 'others') as votes_key, '' as start_values,
        now()::timestamp as estimated_at, 1 as method, 0 as roll_calls, 0 as items, 0 as votes,
        6 as states, 2 as chains, 100 as sweeps, 10 as burn_in, 1 as seed
    from intermediate.int_ideal_point_series
    where series = 'all_votes'
"""


def take_estimates_out(database: Path) -> None:
    """Leave no ideal points in a copy of the sample."""
    with duckdb.connect(database) as connection:
        for table in ESTIMATES:
            connection.execute(f"delete from raw.{table}")


def put_estimates(database: Path, of_these_votes: bool = True) -> None:
    """Put made-up ideal points into a copy of the sample."""
    take_estimates_out(database)
    with duckdb.connect(database) as connection:
        connection.execute(IDEAL_POINTS)
        connection.execute(RUN, [of_these_votes])


@pytest.fixture(scope="module")
def estimated(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("estimated") / "unga.duckdb"
    shutil.copy(sample, database)
    put_estimates(database)
    return database


@pytest.fixture(scope="module")
def page_file(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(sample, tmp_path_factory.mktemp("report"), "KAZ", POWERS, 2007, 2022).page


def test_the_command_writes_page_and_figures(sample_warehouse, tmp_path):
    put_estimates(sample_warehouse / "sample/unga.duckdb")
    said = unga(
        sample_warehouse, "report", "--sample", "--focus", "kaz", "--powers", "CHN, USA",
        "--from", "2010", "--to", "2012", "--output", str(tmp_path / "out"),
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    names = {file.name for file in (tmp_path / "out").iterdir()}
    figures = ("years", "ideal-points", "topics", "opposition", "world")
    assert names == {"report.html"} | {
        f"{figure}.{kind}" for figure in figures for kind in ("png", "svg")
    }
    assert (tmp_path / "out" / "world.png").read_bytes().startswith(PNG)
    for figure in figures:
        svg = (tmp_path / "out" / f"{figure}.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "SYNTHETIC" in svg


def test_each_question_has_its_own_folder_and_a_line_in_the_index(sample_warehouse):
    asked = ("report", "--sample", "--from", "2010", "--to", "2012", "--powers")
    reports = sample_warehouse / "sample" / "reports"
    names = ["KAZ-2010-2012-CHN-USA", "KAZ-2010-2012-USA-CHN-voeten"]
    for options in (["CHN,USA"], ["USA,chn", "--scheme", "voeten"], ["CHN,USA"]):
        said = unga(sample_warehouse, *asked, *options)
        assert said.returncode == 0, said.stderr
        assert str(reports / "index.html") in said.stdout
    assert {file.name for file in reports.iterdir()} == {*names, "index.html"}
    index = (reports / "index.html").read_text(encoding="utf-8")
    assert [f'href="{name}/report.html"' in index for name in names] == [True, True]
    assert index.count("<li>") == index.count("SYNTHETIC") == 2
    assert "Kazakhstan compared with China and the United States, 2010-2012, by topics" in index


def test_a_state_is_not_compared_with_itself(sample_warehouse):
    asked = ("report", "--sample", "--focus", "rus")
    said = unga(sample_warehouse, *asked, "--powers", "CHN,RUS")
    assert said.returncode == 1
    assert said.stderr == "RUS is the focus state: it can't be one of the powers too.\n"
    # It is left out of the default powers, by whichever name it is given.
    for named in ("rus", "Russia"):
        said = unga(sample_warehouse, "report", "--sample", "--focus", named)
        assert said.returncode == 0, said.stderr
        assert "RUS-2007-2022-CHN-TUR-DEU-USA" in said.stdout


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
        (("KAZ", [], 2007, 2022, "study"), "at least one power"),
        (("KAZ", ["CHN", "kaz"], 2007, 2022, "study"), "KAZ is the focus state"),
        (("KAZ", ["CHN", "USA", " chn"], 2007, 2022, "study"), "CHN is there twice"),
        (("KAZ", [*POWERS, "FRA", "GBR", "POL"], 2007, 2022, "study"), "8 powers"),
        (("KAZ", ["CHN"], 2022, 2007, "study"), "2022 to 2007 are not a period"),
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
    # Seven more than the Library counts in 2011 don't make up for missing ones.
    said = "1,254 of 1,350 recorded votes of 2010 to 2012, and 7 others are in this file"
    assert said in page.read_text(encoding="utf-8")


def test_the_page_says_nothing_of_coverage_that_the_file_does_not_tell(sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute("drop table if exists marts.coverage")
    page = build_report(database, tmp_path / "out", "KAZ", ["CHN"], 2010, 2012).page
    assert "recorded votes of" not in page.read_text(encoding="utf-8")


def test_ideal_points_are_drawn_with_the_day_through_which_they_are(estimated, tmp_path):
    files = build_report(estimated, tmp_path / "out", "KAZ", POWERS, 2007, 2022)
    assert {file.name for file in files.figures} > {"ideal-points.png", "ideal-points.svg"}
    with duckdb.connect(estimated, read_only=True) as votes:
        ((through,),) = votes.sql("select data_through from marts.ideal_points_run").fetchall()
    text = files.page.read_text(encoding="utf-8")
    minus = "\N{MINUS SIGN}"
    assert (
        f"In the session that opened in 2022, Kazakhstan stood at {minus}0.42 (90% interval "
        f"{minus}0.80 to {minus}0.20), nearest to China, at {minus}0.72, and farthest from the "
        "United States, at 2.78. The ideal points are estimated from the votes through "
        f"{through.day} {through:%B %Y}.</p>" in text
    )
    assert "<code>unga estimate" not in text
    assert "<code>ideal_point_distances</code>" in text
    # The session that opened in 2010 has no ideal point of Russia.
    row = text.index('<tr><th scope="row">2010</th>', text.index('id="ideal-points"'))
    assert "–" in text[row : text.index("</tr>", row)]


def test_ideal_points_of_other_votes_are_told_as_such(sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    put_estimates(database, of_these_votes=False)
    page = build_report(database, tmp_path / "out", "KAZ", ["CHN", "USA"], 2007, 2022).page
    text = page.read_text(encoding="utf-8")
    assert ", not from those that this file has now.</p>" in text
    assert "<code>unga estimate --sample</code> brings them up to date" in text


def test_without_ideal_points_the_page_says_how_to_get_them(sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    take_estimates_out(database)
    files = build_report(database, tmp_path / "out", "KAZ", ["CHN", "USA"], 2010, 2012)
    assert "ideal-points.png" not in {file.name for file in files.figures}
    text = files.page.read_text(encoding="utf-8")
    assert "This file has none yet: <code>unga estimate --sample</code> adds them." in text
    assert "chart-ideal-points" not in text


def test_a_file_of_a_version_without_ideal_points_has_its_report(sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute("drop view marts.ideal_points")
        connection.execute("drop view marts.ideal_points_run")
    page = build_report(database, tmp_path / "out", "KAZ", ["CHN"], 2010, 2012).page
    assert "This file has none yet" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "older",
    [
        "drop macro arguments.known_state",
        "alter table marts.dim_roll_calls drop column kind",
    ],
)
def test_a_file_of_an_older_version_is_told_as_such(sample, tmp_path, older):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute(older)
    with pytest.raises(ReportError, match="an older version, .* run `unga refresh`"):
        build_report(database, tmp_path / "out", "KAZ", ["CHN"], 2010, 2012)


def test_without_a_published_file_a_person_is_told_what_to_do(tmp_path):
    with pytest.raises(QueryError, match="unga refresh"):
        build_report(tmp_path / "none.duckdb", tmp_path / "out", "KAZ", POWERS, 2007, 2022)


@pytest.fixture(scope="module")
def estimated_page(estimated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return build_report(estimated, folder, "KAZ", POWERS, 2007, 2022).page


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_works_offline_and_is_readable(browser, estimated_page, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said, asked_for = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(estimated_page.as_uri())
    page.wait_for_function(ALL_DRAWN)
    assert said == []
    assert asked_for == [estimated_page.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # Also with everything unfolded.
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".chart").count() == 5
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
@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_names_every_step_and_a_power_has_its_colour(browser, page_file, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_function(ALL_DRAWN)
    labels = page.locator("#chart-world .role-legend-label text").all_text_contents()
    assert labels == list(STEP_NAMES)
    assert labels[:3] == ["under 40%", "40% to 60%", "60% to 70%"]
    names = page.locator("#chart-years .role-legend-label text").all_text_contents()
    drawn = page.locator("#chart-years .role-legend-symbol path").evaluate_all(
        "all => all.map(it => it.getAttribute('fill'))"
    )
    colours = dict(zip(names, drawn, strict=True))
    assert colours["China"].upper() == COLOURS[OWN_PLACES["CHN"]]
    assert colours["United States"].upper() == COLOURS[OWN_PLACES["USA"]]
    context.close()


@pytest.mark.browser
def test_on_paper_all_is_open_and_no_page_stays_half_empty(browser, estimated_page):
    context = browser.new_context(viewport={"width": PAPER[0], "height": PAPER[1]})
    page = context.new_page()
    page.goto(estimated_page.as_uri())
    page.wait_for_function(ALL_DRAWN)
    page.emulate_media(media="print")
    folded = page.locator("details:not([open]) > :not(summary)")
    assert folded.count() >= 5
    assert all(part.bounding_box()["height"] > 20 for part in folded.all())
    # Unbreakable blocks are low enough to leave less than half a page empty.
    for together in page.locator(".together").all():
        assert together.evaluate("it => getComputedStyle(it).breakInside") == "avoid"
        assert together.bounding_box()["height"] < PAPER[1] / 2
    for figure in page.locator("figure").all():
        assert figure.evaluate("it => it.closest('.together').querySelector('h2') !== null")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
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
    page.goto(build_report(file, tmp_path / "out", "KAZ", POWERS, 2007, 2022).page.as_uri())
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


def test_resolutions_are_counted_while_the_state_was_a_member(sample, tmp_path):
    page = build_report(sample, tmp_path / "SSD", "SSD", ["CHN", "USA"], 1989, 2022).page
    text = page.read_text(encoding="utf-8")
    with duckdb.connect(sample, read_only=True) as votes:
        ((cast, all_of_them, last, on_palestine),) = votes.sql(
            "select count(*) filter (vote <> 'absent'), count(*), max(year), count(*) filter ("
            "roll_call_id in (select roll_call_id from marts.bridge_roll_call_topics "
            "where scheme = 'study' and topic = 'middle_east')) from marts.fct_votes "
            "inner join marts.dim_roll_calls using (roll_call_id, year) "
            "where state = 'SSD' and kind = 'resolution' and year between 1989 and 2022"
        ).fetchall()
    assert (
        f"South Sudan voted on {cast:,} of {all_of_them:,} resolutions put to a recorded vote from "
        f"2011 to {last} while it was a member, since 14 July 2011." in text
    )
    assert re.search(rf"<h1>South Sudan voted most like .* from 2011 to {last}\.</h1>", text)
    assert f"{on_palestine / all_of_them:.1%} of the resolutions from 2011 to {last} are on" in text


def test_a_finding_that_no_vote_tests_is_said(sample, tmp_path):
    page = build_report(sample, tmp_path, "RUS", ["CHN", "USA"], 2007, 2022, "voeten").page
    text = page.read_text(encoding="utf-8")
    assert "Cohesion with Russia falls in the order China &gt; United States." in text
    assert "There are no votes to test it on." in text

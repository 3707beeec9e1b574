"""The explorer on the synthetic Assembly, as a browser shows it: its figures are those of SQL."""

import csv
import io
import math
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from measures import CELLS, compiled_measures, measured_all
from playwright.sync_api import Browser, Page
from warehouses import unga

from explorer.binary import YES, unpack, unpack_votes
from explorer.data import ExplorerError, votes_of
from explorer.page import PAGE, build_explorer, is_current, script
from orchestration.published.public import make_public
from orchestration.published.query import QueryError, open_published
from orchestration.published.study import configured_study

pytestmark = pytest.mark.browser

READY = "body[data-ready]"
VIEWS = ("state", "two-states", "opposition", "roll-call", "group", "map", "search", "data")
MEASURES = (
    "agreement_strict", "agreement_half", "agreement_half_contested", "s_score", "kappa_absolute",
    "kappa_squared", "pi_absolute", "pi_squared", "alignment_index", "tau_b", "opposition_share",
    "voting_coincidence", "voting_coincidence_yes_no",
)  # fmt: skip
GROUP_MEASURES = ("agreement_index", "rice", "unanimity_share")
PNG = b"\x89PNG\r\n\x1a\n"
QUESTIONS, SEED = 30, 20261128


@pytest.fixture(scope="module")
def sample(built_sample: Path) -> Path:
    return built_sample / "sample/unga.duckdb"


@pytest.fixture(scope="module")
def explorer(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_explorer(sample, tmp_path_factory.mktemp("explorer"))


@contextmanager
def opened(browser: Browser, file: Path, address: str = "", **context: Any) -> Iterator[Page]:
    """The page at an address, all drawn; whatever it says on the console fails the test."""
    with browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | context) as made:
        page = made.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{file.as_uri()}{address}")
        page.wait_for_selector(READY)
        yield page
        assert not said, set(said)


def go(page: Page, address: str) -> None:
    """To another address of the page that is open, until everything is drawn."""
    page.evaluate("delete document.body.dataset.ready")
    page.evaluate("address => { location.hash = address }", address)
    page.wait_for_selector(READY)


def asked(view: str, **values: object) -> str:
    return f"#/{view}?{urlencode(values)}"


def drawn_questions(database: Path) -> list[str]:
    """Thirty addresses, drawn at random: every view, of states, years and topics that had votes."""
    draw = random.Random(SEED)
    with open_published(database) as file:

        def column(sql: str) -> list[Any]:
            return [value for (value,) in file.execute(sql).fetchall()]

        states = column(
            "select state from marts.fct_votes where vote <> 'absent' group by state "
            "having count(*) > 40 order by state"
        )
        years = column("select distinct year from marts.dim_roll_calls order by year")
        ids = column("select roll_call_id from marts.dim_roll_calls order by roll_call_id")
        groups = column("select group_code from marts.dim_groups order by group_code")
        topics = {
            scheme: column(
                "select topic from marts.dim_topics "
                f"where scheme = '{scheme}' and topic <> 'all' order by topic"
            )
            for scheme in ("study", "voeten")
        }
        words = column(
            "select distinct unnest(string_split(lower(clean_title), ' ')) as word "
            "from marts.dim_roll_calls order by word"
        )

    def question() -> dict[str, Any]:
        scheme = draw.choice(list(topics))
        first, last = sorted(draw.sample(years, 2))
        topic = "all" if draw.random() < 0.5 else draw.choice(topics[scheme])
        return {"scheme": scheme, "topic": topic, "from": first, "to": last}

    def values(view: str) -> dict[str, Any]:
        f, a, b, c = draw.sample(states, 4)
        of = {
            "state": {"s": f, "with": f"{a},{b},{c}", "measure": draw.choice(MEASURES)},
            "two-states": {"a": a, "b": b, "measure": draw.choice(MEASURES)},
            "opposition": {"f": f, "a": a, "b": b, "sense": draw.choice(["strict", "wide"])},
            "group": {"g": draw.choice(groups), "measure": draw.choice(GROUP_MEASURES)},
            "map": {"s": f, "measure": draw.choice(MEASURES)},
            "search": {"q": draw.choice(words)},
        }
        return {"id": draw.choice(ids)} if view == "roll-call" else of[view] | question()

    views = [VIEWS[at % len(VIEWS[:-1])] for at in range(QUESTIONS)]
    return [asked(view, **values(view)) for view in views]


def saved(page: Page, panel: str, kind: str) -> bytes:
    """What a button of a part of the page gives to save."""
    with page.expect_download() as download:
        page.locator(f"#{panel} [data-save={kind}]").click()
    return Path(download.value.path()).read_bytes()


def told(value: Any) -> Any:
    """A value of SQL as the CSV has it."""
    return "" if value is None else value if isinstance(value, float) else str(value)


def differences(page: Page, database: Path) -> tuple[list[str], int]:
    """Where the parts shown have other numbers than their own SQL gives, and how many rows."""
    wrong, compared = [], 0
    for panel in page.locator(".panel:has(.sql)").all():
        name = panel.get_attribute("id")
        assert name
        sql = panel.locator(".sql pre").text_content()
        assert sql
        shown = list(csv.reader(io.StringIO(saved(page, name, "csv").decode())))
        with open_published(database) as file:
            result = file.sql(sql)
            columns, rows = result.columns, [list(map(told, row)) for row in result.fetchall()]
        if shown[0] != columns:
            wrong.append(f"{name}: {shown[0]} instead of {columns}")
            continue
        # Equal values may come in either order, so rows are matched by what is not a fraction.
        numbers = [any(isinstance(row[at], float) for row in rows) for at in range(len(columns))]

        def key(row: list[Any], numbers: list[bool] = numbers) -> list[str]:
            return [str(cell) for cell, number in zip(row, numbers, strict=True) if not number]

        ours, theirs = sorted(shown[1:], key=key), sorted(rows, key=key)
        compared += len(theirs)
        # What a person reads, of the first row.
        if ours and "n" in columns:
            cells = panel.locator("tbody tr").first.locator("th, td").all_text_contents()
            if f"{int(shown[1][columns.index('n')]):,}" not in cells:
                wrong.append(f"{name}: n is not told in {cells}")
        if len(ours) != len(theirs):
            wrong.append(f"{name}: {len(ours)} rows instead of {len(theirs)}")
        for one, other in zip(ours, theirs, strict=False):
            if not all(map(same, one, other)):
                wrong.append(f"{name}: {one} instead of {other}")
                break
    return wrong, compared


def same(shown: str, value: Any) -> bool:
    if isinstance(value, float):
        # Ideal points have 32 bits; 1e-12 is what sums in another order may differ by around zero.
        return bool(shown) and math.isclose(float(shown), value, rel_tol=1e-7, abs_tol=1e-12)
    return shown == value


def answered(browser: Browser, file: Path, database: Path) -> None:
    """Ask the page the questions drawn at random, and the file each with the SQL that it shows."""
    wrong, rows = {}, 0
    with opened(browser, file) as page:
        for address in [*drawn_questions(database), "#/data"]:
            go(page, address)
            found, compared = differences(page, database)
            rows += compared
            if found:
                wrong[address] = found
    assert wrong == {}
    assert rows > 1000


def test_figures_of_questions_drawn_at_random_are_those_of_sql(browser, explorer, sample):
    answered(browser, explorer, sample)


def test_figures_of_real_votes_are_those_of_sql(browser, built_mirror):
    """On the page that the refresh wrote."""
    database, page_file = built_mirror / "unga.duckdb", built_mirror / "explorer" / PAGE
    assert is_current(page_file, database)
    assert page_file.stat().st_size < 3_000_000
    answered(browser, page_file, database)


def test_measures_are_those_of_the_macros(browser, tmp_path):
    draws = np.random.default_rng(SEED)
    # Few and many votes, and states that always vote alike or never one way.
    cells = draws.poisson(draws.choice([0, 0.4, 3, 200], (400, 9)))
    cells = cells[cells.sum(axis=1) > 0]
    unanimous = draws.binomial(cells[:, [0, 4, 8]], 0.4).sum(axis=1)
    absent_a, absent_b = draws.poisson(3, (2, len(cells)))
    theirs = measured_all(compiled_measures(tmp_path), cells, unanimous, absent_a, absent_b)
    theirs = theirs.filter(state="AAA").sort("year")
    counts = [
        dict(zip(CELLS, map(int, row), strict=True))
        | {"n": int(row.sum()), "unanimous": int(same_all)}
        | {"absent_a": int(by_a), "absent_b": int(by_b)}
        for row, same_all, by_a, by_b in zip(cells, unanimous, absent_a, absent_b, strict=True)
    ]
    with browser.new_context() as context:
        page = context.new_page()
        page.add_script_tag(
            content=f"{script('measures.js')}; window.measuresOf = measuresOf", type="module"
        )
        page.wait_for_function("'measuresOf' in window")
        ours = page.evaluate("all => all.map(pair => window.measuresOf(pair, 1))", counts)
    assert len(ours) > 300
    for name in [column for measure in MEASURES for column in (measure, f"{measure}_se")]:
        for pair, our, their in zip(counts, ours, theirs[name], strict=True):
            # A standard error of zero is the root of what rounding leaves.
            if their is None:
                assert our[name] is None, (name, pair)
            else:
                off = 1e-7 if name.endswith("_se") else 1e-12
                assert our[name] == pytest.approx(their, rel=1e-9, abs=off), (name, pair)


def test_nothing_is_requested_but_the_page(browser, explorer):
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url))
        page.goto(explorer.as_uri())
        page.wait_for_selector(READY)
        for view in VIEWS:
            go(page, f"#/{view}")
        go(page, "#/map")
        for kind in ("csv", "svg", "png"):
            saved(page, "map", kind)
        # What is saved is the page's own, and never leaves it.
        sent = [url for url in asked_for if not url.startswith(("blob:", "data:"))]
        assert set(sent) == {explorer.as_uri()}


@pytest.mark.parametrize("state", ["KAZ", "CHN", "USA"])
def test_the_state_asked_about_goes_along_to_every_view(browser, explorer, state):
    others = [code for code in ("KAZ", "CHN", "USA") if code != state]
    asked_about = {
        "state": {"s": state},
        "two-states": {"a": state, "b": others[0]},
        "opposition": {"f": state, "a": others[0], "b": others[1]},
        "map": {"s": state},
    }
    role = {"state": "s", "two-states": "a", "opposition": "f", "map": "s"}
    with opened(browser, explorer) as page:
        for view in VIEWS:
            start = asked(view, **asked_about.get(view, {}))
            go(page, start)
            links = [link.get_attribute("href") or "" for link in page.locator("#views a").all()]
            assert len(links) == len(VIEWS)
            for link in links:
                if page.url.endswith(link):
                    continue
                go(page, link)
                way = f"{start} to {link}"
                assert page.locator("#answer > .nothing").count() == 0, way
                assert page.locator("#wrong").inner_text() == "", way
                other = link[2:].partition("?")[0]
                if view in role and other in role:
                    assert f"{role[other]}={state}&" in page.url, way


def test_back_and_forward_and_a_shared_address(browser, explorer):
    with opened(browser, explorer, asked("state", s="KAZ")) as page:
        go(page, asked("two-states", a="KAZ", b="CHN", **{"from": 2000, "to": 2012}))
        second = page.locator("h1").inner_text()
        page.locator("#field-from").fill("2005")
        page.locator("#field-from").press("Enter")
        page.wait_for_function("document.querySelector('h1').textContent.includes('2005')")
        page.wait_for_selector(READY)
        third, shared = page.locator("h1").inner_text(), page.url
        numbers = saved(page, "years", "csv")
        assert "from=2005" in shared and "measure=agreement_half" in shared
        page.go_back()
        page.wait_for_function(
            "title => document.querySelector('h1').textContent === title", arg=second
        )
        assert page.locator("#field-from").input_value() == "2000"
        page.go_back()
        page.wait_for_function("document.querySelector('h1').textContent.startsWith('Kazakhstan,')")
        assert page.locator("#field-s").input_value() == "Kazakhstan (KAZ)"
        page.go_forward()
        page.go_forward()
        page.wait_for_function(
            "title => document.querySelector('h1').textContent === title", arg=third
        )
    with opened(browser, explorer, shared[shared.index("#") :]) as page:
        assert page.url == shared
        assert page.locator("h1").inner_text() == third
        assert saved(page, "years", "csv") == numbers


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Kazakhstan", "KAZ"), ("kaz", "KAZ"), ("Byelorussian SSR", "BLR"), ("USSR", "RUS"),
        ("turkiye", "TUR"), ("united states", "USA"), ("Germany (DEU)", "DEU"),
    ],
)  # fmt: skip
def test_a_state_is_typed_by_name_code_or_former_name(browser, explorer, typed, code):
    with opened(browser, explorer, asked("map", s="FRA")) as page:
        page.locator("#field-s").fill(typed)
        page.locator("#field-s").press("Enter")
        page.wait_for_url(f"**s={code}**")


def test_a_state_that_is_not_there_is_told_and_nothing_changes(browser, explorer):
    with opened(browser, explorer, asked("map", s="FRA")) as page:
        before = page.url
        page.locator("#field-s").fill("Kazahkstan")
        page.locator("#field-s").press("Enter")
        alert = page.locator("#field-s-wrong")
        alert.filter(has_text="Kazakhstan (KAZ)").wait_for()
        assert "No state is called" in alert.inner_text()
        assert page.locator("#field-s").get_attribute("aria-invalid") == "true"
        assert page.url == before


def test_an_address_that_is_not_valid_shows_the_usual_and_says_so(browser, explorer):
    with opened(browser, explorer, asked("map", s="XXX", measure="size", to=3000)) as page:
        said = page.locator("#wrong").inner_text()
        assert all(part in said for part in ("s=XXX", "measure=size", "to=3000"))
        heading = "Agreement, abstention as half: every state with Kazakhstan"
        assert page.locator("h1").inner_text().startswith(heading)
        go(page, asked("two-states", a="CHN", b="CHN"))
        assert "two different states" in page.locator("#answer").inner_text()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("#/maps?s=FRA", ["maps"]),
        ("#/map?measur=tau_b", ["measur=tau_b"]),
        ("#/map?scheme=constructor", ["scheme=constructor"]),
        ("#/map?scheme=constructor&topic=name", ["scheme=constructor", "topic=name"]),
        ("#/map?topic=constructor&toString=1", ["topic=constructor", "toString=1"]),
        ("#/state?with=AUT,BEL,BRA,CAN,CHN,DEU,FRA,GBR", ["with=AUT,BEL,BRA,CAN,CHN,DEU,FRA,GBR"]),
        ("#/%E0%A4%A", ["%E0%A4%A"]),
    ],
)
def test_whatever_is_not_valid_in_an_address_is_named(browser, explorer, address, named):
    with opened(browser, explorer, address) as page:
        said = page.locator("#wrong").inner_text()
        assert said == f"Not valid here; the default is shown instead: {', '.join(named)}"
        assert page.locator(".panel").count() > 0


def test_a_year_out_of_range_is_refused_in_its_field(browser, explorer):
    with opened(browser, explorer, asked("map", s="FRA")) as page:
        before = page.url
        page.evaluate(
            "addEventListener('invalid', event => { document.title = event.target.id }, true)"
        )
        page.locator("#field-to").fill("3000")
        page.locator("#field-to").press("Tab")
        page.wait_for_function("document.title === 'field-to'")
        assert page.url == before


def test_showing_all_rows_keeps_the_focus_at_the_table(browser, explorer):
    with opened(browser, explorer, asked("search")) as page:
        page.locator("#found .more").focus()
        page.keyboard.press("Enter")
        focused = "document.activeElement.getAttribute('aria-labelledby')"
        assert page.evaluate(focused) == "found-caption"
        assert page.locator("#found .more").count() == 0
        kinds = page.locator("#found tbody td:nth-child(4)").all_inner_texts()
        assert "resolution, adopted" in kinds and not any("_" in kind for kind in kinds)


def test_what_is_saved_opens_in_other_programs(browser, explorer, tmp_path):
    with opened(browser, explorer, asked("state", s="KAZ", **{"with": "CHN,USA"})) as page:
        with page.expect_download() as download:
            page.locator("#years [data-save=csv]").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        numbers = pd.read_csv(file)
        svg, png = saved(page, "years", "svg").decode(), saved(page, "years", "png")
    assert file.name.startswith("SYNTHETIC-state-years-KAZ") and file.suffix == ".csv"
    assert list(numbers.columns) == ["partner", "year", "n", "agreement_half", "agreement_half_se"]
    assert set(numbers["partner"]) == {"CHN", "USA"}
    # Below the minimum n a measure is empty.
    assert (numbers["agreement_half"].notna() == (numbers["n"] >= 5)).all()
    assert numbers["agreement_half"].dropna().between(0, 1).all() and (numbers["n"] > 0).all()
    assert svg.startswith("<svg") and "SYNTHETIC" in svg and "Kazakhstan" in svg
    assert png.startswith(PNG) and len(png) > 10_000


@pytest.mark.parametrize("width", [360, 1280])
def test_no_serious_fault_of_accessibility(browser, explorer, width):
    found = {}
    with opened(browser, explorer, viewport={"width": width, "height": 900}) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
            results = Axe().run(page)
            found |= {
                f"{view}: {fault['id']}": fault["nodes"][0]["html"]
                for fault in results.response["violations"]
                if fault["impact"] in ("serious", "critical")
            }
    assert found == {}


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_has_to_be_scrolled_sideways(browser, explorer, width):
    wide = []
    with opened(browser, explorer, viewport={"width": width, "height": 900}) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
            if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                wide.append(view)
            for chart in page.locator("[data-drawn] svg").all():
                box = chart.bounding_box()
                if box and box["x"] + box["width"] > width + 1:
                    wide.append(f"{view}: a chart")
    assert wide == []


def test_the_keyboard_is_enough(browser, explorer):
    with opened(browser, explorer, asked("state", s="KAZ", **{"with": "CHN,USA"})) as page:
        press = page.keyboard.press
        focused = "document.activeElement"
        press("Tab")
        assert page.evaluate(f"{focused}.textContent") == "Skip to the answer"
        press("Enter")
        assert page.evaluate(f"{focused}.id") == "heading"
        press("Tab")
        assert page.evaluate(f"{focused}.id") == "field-s"
        page.keyboard.type("France")
        press("Enter")
        page.wait_for_url("**s=FRA**")
        # To the states compared with, and remove the first.
        page.locator("#field-with").focus()
        press("Tab")
        assert page.evaluate(f"{focused}.getAttribute('aria-label')") == "Remove China"
        press("Enter")
        page.wait_for_url("**with=USA&**")
        assert page.evaluate(f"{focused}.id") == "field-with"
        page.wait_for_selector(READY)
        page.locator("nav a", has_text="Map").focus()
        press("Enter")
        page.wait_for_url("**#/map**")
        page.wait_for_selector(READY)
        assert "s=FRA" in page.url
        assert page.evaluate(f"{focused}.id") == "heading"
        page.locator("#field-year").focus()
        press("ArrowLeft")
        page.wait_for_function("/from=(\\d+).*to=\\1/.test(location.hash)")
        page.wait_for_selector(READY)
        # Tables scroll, and are reached.
        assert page.locator(".scroll").first.get_attribute("tabindex") == "0"


def test_every_chart_and_table_has_a_name(browser, explorer):
    with opened(browser, explorer) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            for chart in page.locator("figure.chart").all():
                assert "table" in (chart.get_attribute("aria-label") or "")
            for table in page.locator("table").all():
                assert table.locator("caption").inner_text()
                assert table.locator("thead th[scope=col]").count() >= 2
            for button in page.locator(".tools button").all():
                assert ": " in (button.get_attribute("aria-label") or "")


def test_every_view_says_that_the_votes_are_invented_what_is_missing_and_how_to_cite(
    browser, explorer
):
    with opened(browser, explorer) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            assert page.locator(".banner").inner_text().startswith("SYNTHETIC")
            assert page.title().startswith("SYNTHETIC")
            assert "UN Digital Library" in page.locator("#missing").inner_text()
            assert "not to be cited" in page.locator("footer").inner_text()


def test_coverage_is_told_of_the_years_shown(browser, sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute(
            "create or replace table marts.coverage as select *, "
            "greatest(counted_by_library - found, 0) as missing, "
            "greatest(found - counted_by_library, 0) as too_many, null::varchar as reason "
            "from (values (2009, 0, 0), (2010, 100, 90), (2011, 50, 57), (2012, 1200, 1114), "
            "(2013, null, 9)) as rows (year, counted_by_library, found)"
        )
    file = build_explorer(database, tmp_path)
    with opened(browser, file, asked("map", **{"from": 2010, "to": 2013})) as page:
        # Seven more than the Library counts in 2011 don't make up for missing ones.
        assert page.locator("#missing").inner_text() == (
            "1,254 of the 1,350 resolutions with recorded votes of 2010 to 2013 that the UN "
            "Digital Library counts are in this file; 96 are missing. It has not counted 2013 yet."
        )
        go(page, asked("map", **{"from": 2009, "to": 2009}))
        assert page.locator("#missing").inner_text() == (
            "The UN Digital Library counts no resolution with a recorded vote in 2009."
        )
        go(page, asked("map", **{"from": 2013, "to": 2013}))
        assert page.locator("#missing").inner_text() == (
            "The UN Digital Library has not counted the votes of 2013."
        )
        # The chart is of what the Library counts, and adds up to it.
        go(page, "#/data")
        bars = page.locator("#coverage .mark-rect path").evaluate_all(
            "bars => bars.map(bar => bar.getAttribute('aria-label'))"
        )
        drawn: dict[str, int] = {}
        for bar in bars:
            told = dict(part.split(": ") for part in bar.split("; "))
            count = int(told["Number"].replace(",", ""))
            drawn[told["Year"]] = drawn.get(told["Year"], 0) + count
        assert drawn == {"2009": 0, "2010": 100, "2011": 50, "2012": 1200, "2013": 0}


def test_ideal_points_have_bands_or_it_is_said_how_to_get_them(
    browser, explorer, first_sample, tmp_path
):
    with opened(browser, explorer, asked("state", s="KAZ", **{"with": "USA"})) as page:
        numbers = pd.read_csv(io.BytesIO(saved(page, "ideal-points", "csv")))
        assert (numbers["q05"] < numbers["estimate"]).all()
        assert (numbers["estimate"] < numbers["q95"]).all()
        assert page.locator("#ideal-points .mark-area path").count() == 2
    without = build_explorer(first_sample / "sample/unga.duckdb", tmp_path)
    with opened(browser, without, asked("state", s="KAZ")) as page:
        assert "`unga estimate --sample` adds them" in page.locator("#ideal-points").inner_text()


def test_on_paper_there_is_no_form_and_no_table_is_cut(browser, explorer):
    with opened(browser, explorer, asked("state", s="KAZ")) as page:
        page.emulate_media(media="print")
        for hidden in ("#form", "nav", ".tools >> nth=0"):
            assert not page.locator(hidden).is_visible()
        cut = "it => it.scrollHeight > it.clientHeight + 1"
        assert not any(table.evaluate(cut) for table in page.locator(".scroll").all())
        assert page.locator(".banner").is_visible()


def test_what_the_file_says_is_never_taken_for_html(browser, sample, tmp_path):
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    wicked = "</script><script>document.title = 'taken'</script><b id=taken>&<!--"
    with duckdb.connect(database) as connection:
        connection.execute("update marts.dim_roll_calls set clean_title = ?", [wicked])
        connection.execute("update marts.dim_topics set name = ? where topic <> 'all'", [wicked])
        connection.execute("update marts.dim_groups set name = ?", [wicked])
        connection.execute(
            "update marts.dim_member_states set name = ? where state = 'CHN'", [wicked]
        )
        connection.execute("update raw.releases set citation = ?", [wicked])
    with opened(browser, build_explorer(database, tmp_path)) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            assert "taken" not in page.title().replace(wicked, "")
            assert page.locator("#taken").count() == 0
        go(page, "#/search")
        assert page.locator("#found tbody td").filter(has_text=wicked).count() > 0


def test_votes_of_another_version_are_refused_in_words(browser, explorer, tmp_path):
    text = explorer.read_text(encoding="utf-8")
    newer = text.replace("const VERSION = 1;", "const VERSION = 2;")
    assert newer != text
    file = tmp_path / PAGE
    file.write_text(newer, encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri())
        alert = page.locator("#answer [role=alert]")
        alert.wait_for()
        assert "The votes have version 1, and this page reads 2 only" in alert.inner_text()


def test_the_command_writes_the_page_once_for_each_published_file(sample_warehouse):
    page = sample_warehouse / "sample" / "explorer" / PAGE
    database = sample_warehouse / "sample" / "unga.duckdb"
    said = unga(sample_warehouse, "explore", "--sample", "--no-open")
    assert said.returncode == 0, said.stderr
    assert str(page) in said.stdout and "Writing the page" in said.stdout
    written = page.stat().st_mtime_ns
    again = unga(sample_warehouse, "explore", "--sample", "--no-open")
    assert "The page is that of the published file" in again.stdout
    assert page.stat().st_mtime_ns == written
    # Older than the page, as after a rollback, but another file.
    other = database.with_suffix(".other")
    shutil.copyfile(database, other)
    os.utime(other, (1, 1))
    other.replace(database)
    unga(sample_warehouse, "explore", "--sample", "--no-open")
    assert page.stat().st_mtime_ns > written
    assert [file.name for file in page.parent.iterdir()] == [PAGE]


def test_a_page_of_another_study_or_outline_is_not_current(explorer, sample, tmp_path, monkeypatch):
    assert is_current(explorer, sample)
    study = configured_study()
    for name, other in {
        "configured_study": lambda: replace(study, powers=study.powers[:1]),
        "VEGA_LITE": "0.0",
        "BESIDE": (tmp_path / "world.json",),
    }.items():
        (tmp_path / "world.json").write_text("{}")
        with monkeypatch.context() as changed:
            changed.setattr(f"explorer.page.{name}", other)
            assert not is_current(explorer, sample), name
    assert is_current(explorer, sample)


def test_a_page_to_be_passed_on_has_no_row_of_the_library(browser, sample, tmp_path):
    file = build_explorer(sample, tmp_path, public=True)
    with open_published(sample) as connection:
        left_out = make_public(connection)
        ((roll_calls, yes),) = connection.sql(
            "select count(distinct roll_call_id), count(*) filter (vote = 'yes') from public_votes"
        ).fetchall()
    header, arrays = unpack(votes_of(sample, public=True))
    ids = header["roll_calls"]["roll_call_id"]["values"]
    votes = unpack_votes(arrays, len(header["states"]), len(ids))
    assert left_out.roll_calls_taken
    assert (len(ids), int((votes == YES).sum())) == (roll_calls, yes)
    assert "undl" not in header["roll_calls"]["source"]["values"]
    assert "undl" not in {doubt["source"] for doubt in header["doubts"]}
    assert "Digital Library" not in header["citation"]["text"]
    with opened(browser, file) as page:
        for view in VIEWS:
            go(page, f"#/{view}")
            assert f"{left_out}" in page.locator("#missing").inner_text()
    assert not is_current(file, sample)
    assert is_current(file, sample, public=True)


def test_without_a_published_file_or_of_an_older_version_it_is_said_what_to_do(sample, tmp_path):
    with pytest.raises(QueryError, match="unga refresh"):
        build_explorer(tmp_path / "none.duckdb", tmp_path / "out")
    database = tmp_path / "unga.duckdb"
    shutil.copy(sample, database)
    with duckdb.connect(database) as connection:
        connection.execute("alter table marts.dim_roll_calls drop column kind")
    with pytest.raises(ExplorerError, match="an older version, .* run `unga refresh`"):
        build_explorer(database, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_page_of_that_name_is_not_replaced(sample, tmp_path):
    other = tmp_path / PAGE
    other.write_text("<title>mine</title>")
    with pytest.raises(ExplorerError, match="name another folder"):
        build_explorer(sample, tmp_path)
    assert other.read_text() == "<title>mine</title>"

"""The explorer on the synthetic Assembly, as a browser shows it: its figures are those of SQL."""

import csv
import io
import json
import math
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from warehouses import dbt, unga

from explorer.data import ExplorerError
from explorer.page import PAGE, build_explorer, is_current, script
from orchestration.published.query import QueryError, open_published

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

    found = []
    for at in range(QUESTIONS):
        view = VIEWS[:-1][at % (len(VIEWS) - 1)]
        f, a, b, c = draw.sample(states, 4)
        measure = {"measure": draw.choice(MEASURES)}
        found.append(
            {
                "state": lambda: asked(
                    "state", s=f, **{"with": f"{a},{b},{c}"}, **measure, **question()
                ),
                "two-states": lambda: asked("two-states", a=a, b=b, **measure, **question()),
                "opposition": lambda: asked(
                    "opposition",
                    f=f, a=a, b=b, sense=draw.choice(["strict", "wide"]), **question(),
                ),
                "roll-call": lambda: asked("roll-call", id=draw.choice(ids)),
                "group": lambda: asked(
                    "group",
                    g=draw.choice(groups), measure=draw.choice(GROUP_MEASURES), **question(),
                ),
                "map": lambda: asked("map", s=f, **measure, **question()),
                "search": lambda: asked("search", q=draw.choice(words), **question()),
            }[view]()
        )  # fmt: skip
    return found


def saved(page: Page, panel: str, kind: str) -> bytes:
    """What a button of a part of the page gives to save."""
    with page.expect_download() as download:
        page.locator(f"#{panel} [data-save={kind}]").click()
    return Path(download.value.path()).read_bytes()


def told(value: Any) -> Any:
    """A value of SQL as the CSV has it."""
    return "" if value is None else value if isinstance(value, float) else str(value)


def differences(page: Page, database: Path) -> list[str]:
    """Where the numbers of the parts shown are not those that their own SQL gives."""
    wrong = []
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
        if len(ours) != len(theirs):
            wrong.append(f"{name}: {len(ours)} rows instead of {len(theirs)}")
        for one, other in zip(ours, theirs, strict=False):
            if not all(map(same, one, other)):
                wrong.append(f"{name}: {one} instead of {other}")
                break
    return wrong


def same(shown: str, value: Any) -> bool:
    if isinstance(value, float):
        # Ideal points have 32 bits; 1e-12 is what sums in another order may differ by around zero.
        return bool(shown) and math.isclose(float(shown), value, rel_tol=1e-7, abs_tol=1e-12)
    return shown == value


def test_figures_of_questions_drawn_at_random_are_those_of_sql(browser, explorer, sample):
    wrong = {}
    with opened(browser, explorer) as page:
        for address in drawn_questions(sample):
            go(page, address)
            if found := differences(page, sample):
                wrong[address] = found
    assert wrong == {}


def test_figures_of_real_votes_are_those_of_sql(browser, built_mirror):
    """On the page that the refresh wrote."""
    database, page_file = built_mirror / "unga.duckdb", built_mirror / "explorer" / PAGE
    assert is_current(page_file, database)
    assert page_file.stat().st_size < 3_000_000
    wrong = {}
    with opened(browser, page_file) as page:
        for address in drawn_questions(database):
            go(page, address)
            if found := differences(page, database):
                wrong[address] = found
    assert wrong == {}

"""The Data Docs as a browser shows them, on a small build file that the test makes."""

from pathlib import Path

import duckdb
import pytest

from expectations.runner import run_suites

LONG = "a_column_of_names_" * 5


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    with duckdb.connect(folder / "build.duckdb") as connection:
        connection.execute(
            f"""
            create schema marts;
            create table marts.dim_roll_calls as select '{LONG}' as roll_call_id, '70' as session;
            create table marts.source_agreement as
                select '{LONG}' as roll_call_id, '{LONG}' as sources, 0 as votes_compared,
                    9 as votes_different;
            create table marts.source_differences as select '' as roll_call_id, '' as state;
            """
        )
    run_suites(folder / "build.duckdb", folder / "docs")
    return folder / "docs"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_fits_its_window(browser, docs, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, is_mobile=width < 500, offline=True
    )
    page = context.new_page()
    for file in docs.rglob("*.html"):
        page.goto(file.as_uri())
        assert page.evaluate("window.innerWidth") == width, file
        assert page.evaluate("document.documentElement.scrollWidth") <= width, file
        for head in page.locator("th:visible").all():
            assert head.evaluate("it => it.scrollWidth <= it.clientWidth"), file
    context.close()

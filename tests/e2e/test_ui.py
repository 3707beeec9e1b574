"""The Dagster UI in a real browser: the whole graph, and one asset, by clicking buttons."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from dagster_ui import free_port, wait_for_ui
from playwright.sync_api import Browser, Page
from warehouses import UNGA, environment, fingerprint

ROOT = Path(__file__).parents[2]
# Seconds for a whole refresh on a busy machine.
WAIT = 400
SCREENSHOTS = ROOT / "tests" / "output"
GROUPS = ("sources", "seeds", "staging", "intermediate", "marts", "publication")


@contextmanager
def served(warehouse: Path, mirror: Path) -> Iterator[str]:
    """The address of `unga ui` on a warehouse, while it is in use."""
    # An empty mirror: neither it nor the internet has a source.
    mirror.mkdir()
    port = free_port()
    ui = subprocess.Popen(
        [UNGA, "ui", "--port", str(port)],
        env=environment(warehouse, str(mirror)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_ui(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        ui.terminate()
        ui.wait(timeout=60)


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The UI on an empty warehouse with no source in reach, and the warehouse."""
    with served(tmp_path / "warehouse", tmp_path / "nothing") as address:
        yield address, tmp_path / "warehouse"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of headless Chromium."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(WAIT * 1000)
    yield page
    page.close()


@pytest.mark.browser
def test_materialize_all_publishes_the_sample_and_shows_green(ui: tuple[str, Path], page: Page):
    address, warehouse = ui
    page.goto(f"{address}/asset-groups")
    button = page.get_by_role("button", name="Materialize all").first
    button.wait_for()
    shown = set(page.inner_text("body").split("\n"))
    assert shown >= set(GROUPS)
    page.screenshot(path=SCREENSHOTS / "ui-graph.png")
    button.click()
    # Leaving the page before the run is launched would cancel the request.
    page.get_by_role("link", name="View", exact=True).first.wait_for()

    page.goto(f"{address}/runs")
    page.get_by_text("Success", exact=True).or_(
        page.get_by_text("Failure", exact=True)
    ).first.wait_for()
    page.screenshot(path=SCREENSHOTS / "ui-runs.png")
    assert page.get_by_text("Failure", exact=True).count() == 0

    page.goto(f"{address}/assets/published/sample")
    page.get_by_text("data through").first.wait_for()
    page.screenshot(path=SCREENSHOTS / "ui-published.png")
    with duckdb.connect(warehouse / "sample/unga.duckdb", read_only=True) as published:
        ((fresh, synthetic),) = published.sql(
            "select bool_and(is_fresh), bool_and(synthetic) from marts.freshness"
        ).fetchall()
    assert fresh
    assert synthetic
    assert not (warehouse / "unga.duckdb").exists()


@pytest.mark.browser
def test_a_run_of_the_command_line_is_shown_and_one_asset_can_be_tried(
    sample_warehouse: Path, tmp_path: Path, page: Page
):
    published = sample_warehouse / "sample/unga.duckdb"
    before = fingerprint(published)
    with served(sample_warehouse, tmp_path / "nothing") as address:
        page.goto(address)
        page.get_by_text("refresh", exact=True).first.wait_for()
        page.screenshot(path=SCREENSHOTS / "ui-overview.png")
        page.goto(f"{address}/runs")
        page.get_by_text("data: sample").wait_for()

        page.goto(f"{address}/assets/marts/dim_topics?view=checks")
        page.get_by_text("Every scheme, unless null, is one of").first.wait_for()
        assert "If not, nothing is published." in page.inner_text("body")
        page.screenshot(path=SCREENSHOTS / "ui-check.png")

        page.goto(f"{address}/assets/marts/dim_topics")
        page.get_by_text("unga.marts.dim_topics").first.wait_for()
        assert "Raw SQL" not in page.inner_text("body")
        page.get_by_role("button", name="Materialize").first.click()
        page.get_by_role("link", name="View", exact=True).first.wait_for()
        page.goto(f"{address}/runs")
        page.get_by_text("data: copy of the sample").wait_for()
        page.get_by_text("Success", exact=True).nth(1).wait_for()
        page.screenshot(path=SCREENSHOTS / "ui-one-asset.png")
        assert page.get_by_text("Failure", exact=True).count() == 0
    assert fingerprint(published) == before

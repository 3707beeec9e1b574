"""The Dagster UI in a real browser: the whole graph, materialised by the button a person clicks."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dagster_ui import free_port, wait_for_ui
from playwright.sync_api import Browser, Page
from warehouses import UNGA, environment

ROOT = Path(__file__).parents[2]
# Seconds for a whole refresh on a busy machine.
WAIT = 400
SCREENSHOTS = ROOT / "tests" / "output"
LAYERS = ("sources", "raw", "seeds", "staging", "intermediate")
MARTS = ("core", "cohesion", "study", "checks", "publication")


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of `unga ui` on an empty warehouse with no source in reach, and the warehouse."""
    port = free_port()
    # A mirror that holds nothing: neither it nor the internet has a source.
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    served = subprocess.Popen(
        [UNGA, "ui", "--port", str(port)],
        env=environment(tmp_path / "warehouse", str(nothing)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_ui(address)
        yield address, tmp_path / "warehouse"
    finally:
        served.terminate()
        served.wait(timeout=60)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of headless Chromium."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(WAIT * 1000)
    yield page
    page.close()


@pytest.mark.browser
def test_materialize_all_publishes_the_sample_and_shows_green(ui: tuple[str, Path], page: Page):
    address, warehouse = ui
    SCREENSHOTS.mkdir(exist_ok=True)
    page.goto(f"{address}/asset-groups")
    button = page.get_by_role("button", name="Materialize all").first
    button.wait_for()
    shown = set(page.inner_text("body").split("\n"))
    assert shown >= {*LAYERS, *MARTS}
    page.screenshot(path=SCREENSHOTS / "ui-graph.png")
    button.click()
    # To leave the page before the run is launched would take the request back.
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
    with duckdb.connect(warehouse / "sample.duckdb", read_only=True) as published:
        ((fresh, synthetic),) = published.sql(
            "select bool_and(is_fresh), bool_and(synthetic) from marts.freshness"
        ).fetchall()
    assert fresh
    assert synthetic
    assert not (warehouse / "unga.duckdb").exists()

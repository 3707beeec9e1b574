"""The explorer in a browser: its size, how long it takes to make, to open and to count again.

Belongs here: timing the page in headless Chromium. Not here: whether its figures are right
(tests/e2e/test_explorer.py).
"""

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.tables import table
from explorer.page import build_explorer, script

TITLE = "The explorer"
LOADS, STATES = 7, 40
READY = "body[data-ready]"
# Counting without drawing: one state with all others, with every measure, over all years.
COUNTING = f"""
window.timed = async text => {{
  const votes = read(await unpacked(text));
  const asked = askedAbout(
    votes, {{scheme: "study", topic: "all", from: votes.firstYear, to: votes.lastYear}}
  );
  return Array.from({{length: {STATES}}}, (_, place) => {{
    const begun = performance.now();
    for (const [, pair] of countAll(votes, place, asked)) measuresOf(pair, 5);
    return performance.now() - begun;
  }});
}};
"""


def section(database: Path) -> str:
    """Make the page on a published file and time it; raises RuntimeError without Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        raise RuntimeError("there is no chromium: `make test-tools` installs it")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        begun = time.perf_counter()
        page = build_explorer(database, Path(folder))
        made = time.perf_counter() - begun
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--headless"]
        )
        opened = [_opened(browser, page) for _ in range(LOADS)]
        counted = _counted(browser, page)
        browser.close()
        size = page.stat().st_size
    shown, drawn = (statistics.median(times) for times in zip(*opened, strict=True))
    rows = [
        ["making the page", f"{made:.1f} s"],
        ["the page with all votes", f"{size / 1e6:.2f} MB"],
        ["opening it, until the numbers of the first view are there", f"{shown:,.0f} ms"],
        ["until all its charts are drawn", f"{drawn:,.0f} ms"],
        [
            "counting one state with all others over all years, every measure (slowest of "
            f"{STATES})",
            f"{max(counted):.1f} ms",
        ],
        ["the same, median", f"{statistics.median(counted):.1f} ms"],
    ]
    return f"Medians of {LOADS} loads.\n\n" + table(["what", "measured"], rows)


def _opened(browser: Browser, page: Path) -> tuple[float, float]:
    """Milliseconds from the request until the first table is there, and until all is drawn."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        shown = context.new_page()
        shown.add_init_script(
            "new MutationObserver((_, seen) => { if (document.querySelector('tbody tr')) "
            "{ window.firstShown = performance.now(); seen.disconnect(); } })"
            ".observe(document, {childList: true, subtree: true})"
        )
        shown.goto(page.as_uri())
        shown.wait_for_selector(READY)
        return shown.evaluate("window.firstShown"), shown.evaluate("performance.now()")


def _counted(browser: Browser, page: Path) -> list[float]:
    """Milliseconds of counting some states with all others, once each."""
    with browser.new_context() as context:
        shown = context.new_page()
        shown.goto(page.as_uri())
        votes = shown.locator("#votes").text_content()
        blank = context.new_page()
        blank.add_script_tag(content=script("measures.js") + COUNTING, type="module")
        blank.wait_for_function("'timed' in window")
        times: list[float] = blank.evaluate("text => window.timed(text)", votes)
        return times

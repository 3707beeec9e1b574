"""Write docs/explorer.png, the picture of the explorer, from the sample's published file.

Belongs here: what the picture shows. Not here: the page (the package explorer).

    unga sample && python docs/make_screenshot.py
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from explorer.page import build_explorer
from orchestration.layout import Layout

PICTURE = Path(__file__).with_name("explorer.png")
# Invented votes: a picture of real ones would have to be redistributed with the project.
SHOWN = "#/map?s=KAZ&measure=agreement_half&scheme=study&topic=all"
SIZE = {"width": 1100, "height": 1010}


def main() -> None:
    """Draw the map of the sample."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("There is no chromium: `make test-tools` installs it.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = build_explorer(Layout.from_environment().published(True), Path(folder))
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--headless"]
        )
        page = browser.new_page(viewport=SIZE)
        page.goto(page_file.as_uri() + SHOWN)
        page.wait_for_selector("body[data-ready]")
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()

"""Data Docs pages that need nothing from the internet, and state in plain words what was checked.

Great Expectations' own pages load styles and scripts from other servers; without them the index
stays empty and failed expectations look like passed ones. They don't name a table that was reduced
to a frame, and call a column that is rightly empty "100% null". Belongs here: the replacements. Not
here: what was found (results.py, runner.py).
"""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.renderer.content_block import (
    ValidationResultsTableContentBlockRenderer,
)
from great_expectations.render.view import DefaultJinjaPageView

from expectations.results import SuiteResult

# Everything a page would fetch, and what is useless without it.
_FETCHED = re.compile(
    r"<script[^>]*https?:[^>]*>\s*</script>|<link[^>]*https?:[^>]*>|<img[^>]*https?:[^>]*>"
    r"|background: url\('https?:[^)]*\)|<footer.*?</footer>",
    re.DOTALL,
)

_TITLES = re.compile(r"<title>.*?</title>", re.DOTALL)

_STYLE = """
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: auto; padding: 1rem;
  overflow-wrap: break-word; }
h1, h4 { font-size: 1.4rem; margin: .8rem 0; }
h5, h6 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; }
nav ol { list-style: none; padding: 0; }
table { border-collapse: collapse; margin: .5rem 0; }
td, th { border: 1px solid #ccc; padding: .25rem .6rem; text-align: left; vertical-align: top; }
.fa-times::before { content: "\\2717"; color: #b00020; }
.fa-check-circle::before { content: "\\2713"; color: #1b7f3b; }
.failed { color: #b00020; }
td td { overflow-wrap: anywhere; min-width: 5.5rem; }
.table-responsive { overflow-x: auto; }
@media (max-width: 40rem) { td, th { padding: .25rem .35rem; } }
.card, .collapse, [data-toggle=collapse] { display: none; }
</style>
"""


class Page(DefaultJinjaPageView):
    """A self-contained page of Great Expectations."""

    def render(self, document: Any, template: Any = None, **kwargs: Any) -> str:
        """The page as HTML."""
        page = _FETCHED.sub("", super().render(document, template, **kwargs))
        title = f"<title>{html.escape(document.page_title)}</title>"
        page = _TITLES.sub("", page)
        return page.replace("</head>", f"{title}{_STYLE}</head>", 1)


class Results(ValidationResultsPageRenderer):
    """The content of a page of results, with the table's name and the time of the check."""

    def render(self, validation_results: Any, suite_parameters: Any = None) -> Any:
        """The content of the page."""
        table = f"marts.{validation_results.suite_name}"
        validation_results.meta.setdefault("batch_spec", {})["data_asset_name"] = table
        document = super().render(validation_results, suite_parameters)
        at = datetime.fromisoformat(validation_results.meta["run_id"]["run_time"])
        document.page_title = f"{table}, checked {when(at)}"
        return document


class Found(ValidationResultsTableContentBlockRenderer):
    """The table of a suite's expectations: numbers of rows as expected, instead of shares."""

    @classmethod
    def render(cls, render_object: Any, **kwargs: Any) -> Any:
        """The content of the table, one row per expectation."""
        table: Any = super().render(render_object, **kwargs)
        for row, judged in zip(table.table, render_object, strict=True):
            row[-1] = _found(judged.result)
        table.header_row = [*table.header_row[:-1], "Found"]
        return table


def _found(result: dict[str, Any]) -> str:
    """What was found in plain words."""
    if "unexpected_count" in result:
        rows = result["element_count"]
        return f"as expected in {rows - result['unexpected_count']:,} of {rows:,} rows"
    return str(result.get("observed_value", "could not be checked"))


def when(at: datetime) -> str:
    """A time in UTC in readable form: 2026-11-25 21:02 UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def write_index(docs: Path, results: Iterable[SuiteResult], checked: str, at: datetime) -> None:
    """List the suites and their results, with links to their pages.

    States too which file was checked, and when.
    """
    docs.mkdir(parents=True, exist_ok=True)
    pages = {page.relative_to(docs).parts[1]: page for page in docs.glob("validations/**/*.html")}
    rows = []
    for result in results:
        outcome = "passed" if result.passed else "failed"
        name = html.escape(result.table)
        if result.table in pages:
            link = html.escape(pages[result.table].relative_to(docs).as_posix())
            name = f"<a href='{link}'>{name}</a>"
        met = result.expectations - len(result.failures) if result.table in pages else 0
        rows.append(
            f"<tr><td>{name}</td><td class='{outcome}'>{outcome}</td>"
            f"<td>{met} of {result.expectations}</td></tr>"
        )
    (docs / "index.html").write_text(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Data Docs</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"{_STYLE}</head><body><h1>What the last build was checked for</h1>"
        f"<p>{html.escape(checked)}, checked {when(at)}</p><table>"
        "<tr><th>Table</th><th>Suite</th><th>Expectations met</th></tr>"
        f"{''.join(rows)}</table></body></html>",
        encoding="utf-8",
    )

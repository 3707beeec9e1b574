"""Data Docs pages that need nothing from the internet.

Great Expectations' own pages load style and scripts from other servers; without them the index
stays empty and failed expectations look like met ones. Belongs here: the replacements. Not here:
what was found (results.py, runner.py).
"""

import html
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from great_expectations.render.view import DefaultJinjaPageView

from expectations.results import SuiteResult

# Whatever a page would fetch, and what is useless without it.
_FETCHED = re.compile(
    r"<script[^>]*https?:[^>]*>\s*</script>|<link[^>]*https?:[^>]*>|<img[^>]*https?:[^>]*>"
    r"|background: url\('https?:[^)]*\)|<footer.*?</footer>",
    re.DOTALL,
)

_STYLE = """
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: auto; padding: 1rem; }
table { border-collapse: collapse; margin: .5rem 0; }
td, th { border: 1px solid #ccc; padding: .25rem .6rem; text-align: left; vertical-align: top; }
.fa-times::before { content: "\\2717"; color: #b00020; }
.fa-check-circle::before { content: "\\2713"; color: #1b7f3b; }
.failed { color: #b00020; }
.card, .collapse, [data-toggle=collapse] { display: none; }
</style>
"""


class Page(DefaultJinjaPageView):
    """A self-contained page of Great Expectations."""

    def render(self, document: Any, template: Any = None, **kwargs: Any) -> str:
        """The page as HTML."""
        page = _FETCHED.sub("", super().render(document, template, **kwargs))
        return page.replace("</head>", f"{_STYLE}</head>", 1)


def write_index(docs: Path, results: Iterable[SuiteResult]) -> None:
    """List the suites and their results, with links to their pages."""
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
        f"{_STYLE}</head><body><h1>What the last build was checked for</h1><table>"
        "<tr><th>Table</th><th>Suite</th><th>Expectations met</th></tr>"
        f"{''.join(rows)}</table></body></html>",
        encoding="utf-8",
    )

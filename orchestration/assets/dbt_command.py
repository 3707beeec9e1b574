"""dagster-dbt as this project uses it: dbt is a command, and nothing of it is in this process.

Belongs here: importing dagster-dbt, the only overrides of a library's private methods, and the
reasons. Not here: what dbt builds (dbt.py).

dagster-dbt imports all of dbt for a few names, which takes two seconds of every command that loads
the definitions. Where dbt is not installed it uses names of its own, so it is imported as if dbt
were not. It takes this for dbt Fusion, which the UI then lists among the libraries.

`DbtCliResource.cli` first runs `dbt --version`, which takes seconds and asks PyPI for new versions,
while this project contacts only its sources. Then it opens the dbt project in its own process too,
and with it the DuckDB file, which only one process may open. dagster-dbt 0.29 has no setting for
either, so the two methods behind them are replaced here. tests/unit/test_library_internals.py fails
if dagster-dbt no longer has them or no longer calls them.
"""

import sys
from collections.abc import Sequence
from functools import cached_property
from importlib import metadata

from packaging.version import Version

# Python's own mark of a module that can't be imported.
sys.modules.setdefault("dbt.version", None)  # type: ignore[arg-type]
from dagster_dbt import (  # noqa: E402
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)

if sys.modules["dbt.version"] is None:
    del sys.modules["dbt.version"]

__all__ = [
    "DagsterDbtTranslator",
    "DagsterDbtTranslatorSettings",
    "Dbt",
    "DbtCliInvocation",
    "DbtProject",
    "dbt_assets",
]


class Dbt(DbtCliResource):
    """dbt as a command only, which does not look up versions on the internet."""

    @cached_property
    def _cli_version(self) -> Version:
        """The installed version of dbt-core."""
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """No second dbt in this process."""

"""dbt as Dagster runs it, without two things that Dagster does beforehand.

Belongs here: the only overrides of a library's private methods, and the reasons. Not here: what dbt
builds (dbt.py).

`DbtCliResource.cli` first runs `dbt --version`, which takes seconds and asks PyPI for new versions,
while this project contacts only its sources. Then it opens the dbt project in its own process too,
and with it the DuckDB file, which only one process may open. dagster-dbt 0.29 has no setting for
either, so the two methods behind them are replaced here. tests/unit/test_library_internals.py fails
if dagster-dbt no longer has them or no longer calls them.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib import metadata

from dagster_dbt import DbtCliResource
from packaging.version import Version


class Dbt(DbtCliResource):
    """dbt as a command only, which does not look up versions on the internet."""

    @cached_property
    def _cli_version(self) -> Version:
        """The installed version of dbt-core."""
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """No second dbt in this process."""

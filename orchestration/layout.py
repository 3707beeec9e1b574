"""Paths: the project's folders and those of one warehouse.

Belongs here: paths, and environment variables about them. Not here: anything that reads
or writes what the paths lead to.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DBT_PROJECT = ROOT / "dbt_project"
# Also for the sample, and while it is built: the functions in the file look for this name.
DATABASE = "unga.duckdb"
# The oldest DuckDB that reads that file, which is created in its storage format.
OLDEST_READER = "v1.3.0"

_PACKAGES = ("orchestration", "expectations", "reports")
_CODE = (*(f"{package}/**/*.py" for package in _PACKAGES), "dbt_project/dbt_project.yml") + tuple(
    f"dbt_project/{folder}/**/*.{kind}"
    for folder, kind in [
        ("models", "sql"),
        ("models", "py"),
        ("models", "yml"),
        ("models", "md"),
        ("macros", "sql"),
        ("seeds", "csv"),
        ("seeds", "yml"),
        ("tests", "sql"),
        ("kernel", "py"),
    ]
)
_CODE += ("expectations/suites/*.*", "reports/*.j2", "requirements.lock")


@dataclass(frozen=True)
class Layout:
    """The folders and files of one warehouse."""

    folder: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """The warehouse that UNGA_WAREHOUSE names, else the project's own."""
        return cls(Path(os.environ.get("UNGA_WAREHOUSE") or ROOT / "warehouse").absolute())

    def _of(self, synthetic: bool) -> Path:
        """The folder of the real votes, or the sample's folder within it."""
        return self.folder / "sample" if synthetic else self.folder

    def landing(self, synthetic: bool) -> Path:
        """Where releases are kept unchanged; the sample's separate from the real ones."""
        return self._of(synthetic) / "landing"

    def published(self, synthetic: bool) -> Path:
        """The file that users read."""
        return self._of(synthetic) / DATABASE

    @property
    def sample_mirror(self) -> Path:
        """The mirror that the synthetic Assembly is written to."""
        return self._of(True) / "mirror"

    @property
    def build(self) -> Path:
        """One folder per run, for what is not published yet."""
        return self.folder / "build"

    def build_file(self, run_id: str, synthetic: bool) -> Path:
        """The file that a run builds."""
        return Layout(self.build / run_id).published(synthetic)

    @property
    def lock(self) -> Path:
        """Held by the one refresh that runs."""
        return self.build / ".lock"

    @property
    def estimating(self) -> Path:
        """Held, by any number at once, while ideal points are estimated."""
        return self.build / ".estimating"

    def exports(self, synthetic: bool) -> Path:
        """Files for other programs, with their descriptions."""
        return self._of(synthetic) / "exports"

    def exports_public(self, synthetic: bool) -> Path:
        """The same without what may not be redistributed."""
        return self._of(synthetic) / "exports-public"

    def vote_pairs(self, synthetic: bool) -> Path:
        """The pairs that `unga pairs` counts, by topic and period."""
        return self._of(synthetic) / "vote_pairs"

    def reports(self, synthetic: bool) -> Path:
        """The reports, each in a folder named by its question, and their index."""
        return self._of(synthetic) / "reports"

    def explorer(self, synthetic: bool) -> Path:
        """The page on which every vote can be looked at."""
        return self._of(synthetic) / "explorer"

    def explorer_public(self, synthetic: bool) -> Path:
        """The same without what may not be passed on, for a host."""
        return self._of(synthetic) / "explorer-public"

    @property
    def data_docs(self) -> Path:
        """The results of the expectations, to read in a browser."""
        return self.folder / "data_docs"

    @property
    def reviews(self) -> Path:
        """The user's own expected numbers of roll calls, which override the seed's."""
        return self.folder / "reviews.csv"

    @property
    def alerts(self) -> Path:
        """Which alerts were sent to whom, and which could not be delivered."""
        return self.folder / "alerts.json"

    def checks_log(self, synthetic: bool) -> Path:
        """Every check of every run, including refused builds, one JSON object per line."""
        return self._of(synthetic) / "checks_log.jsonl"

    def kept(self, synthetic: bool) -> Path:
        """The published files of before, to compare with and to put back."""
        return self._of(synthetic) / "kept"

    def changes(self, synthetic: bool) -> Path:
        """What each publication changed, a page each."""
        return self._of(synthetic) / "changes"

    @property
    def log(self) -> Path:
        """What libraries printed during the last refresh."""
        return self.folder / "refresh.log"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own record of runs."""
        return self.folder / "dagster_home"

    @property
    def serving(self) -> Path:
        """Held by the one `unga serve` or `unga ui` of the warehouse; it says where it answers."""
        return self.dagster_home / ".serving"


def mirror_from_environment() -> str:
    """The mirror that UNGA_MIRROR names, a folder made absolute; '' if there is none."""
    named = os.environ.get("UNGA_MIRROR", "")
    return named if not named or "://" in named else str(Path(named).absolute())


def keep_from_environment() -> int:
    """How many published files of before are kept: UNGA_KEEP, else 3. Raises ValueError."""
    return _number("UNGA_KEEP", 3, 0, "published files")


def keep_releases_from_environment() -> int:
    """How many releases of a source are kept: UNGA_KEEP_RELEASES, else 3. Raises ValueError."""
    return _number("UNGA_KEEP_RELEASES", 3, 1, "releases of a source")


def keep_runs_from_environment() -> int:
    """Of how many runs a record is kept: UNGA_KEEP_RUNS, else 30. Raises ValueError."""
    return _number("UNGA_KEEP_RUNS", 30, 1, "runs")


def refuse_wrong_numbers() -> None:
    """Raise ValueError if any number of what is kept is none."""
    keep_from_environment()
    keep_releases_from_environment()
    keep_runs_from_environment()


def _number(name: str, default: int, least: int, what: str) -> int:
    named = os.environ.get(name) or str(default)
    if not named.isdecimal() or int(named) < least:
        raise ValueError(f"{name}={named}: give the number of {what} to keep, at least {least}.")
    return int(named)


def code_version() -> str:
    """A fingerprint of all code and seeds that a build depends on."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _CODE for path in ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

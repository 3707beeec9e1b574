"""The progress of a refresh on the terminal.

Belongs here: which of Dagster's events become a line, and its wording. Not here: the table at the
end (cli/terminal.py).
"""

import logging
import sys
from collections import Counter
from typing import Any, Protocol

import dagster as dg
from rich.console import Console
from rich.text import Text

from orchestration.run.console import console

# Dagster's messages on steps after a failed one, and on dbt tests of several models.
NOISE = ("Dependencies for step", "Logging an `AssetObservation`")
# Prefix of a long step's progress messages.
SO_FAR = "so far "
# Check results are printed as they arrive.
CHECK_FAILED = "DagsterAssetCheckFailedError"
# The error of a run interrupted by the user.
INTERRUPTED = "DagsterExecutionInterruptedError"

STEPS = {
    "landing": "ask the sources",
    "raw_undl": "read undl",
    "raw_unxml": "read unxml",
    "raw_voeten": "read voeten",
    "raw_estimates": "take over ideal points",
    "raw_ledgers": "record releases and corrections",
    "dbt_build": "build and test the models (dbt)",
    "publish": "publish",
}


class Error(Protocol):
    """An error as Dagster hands it over in its events."""

    @property
    def cls_name(self) -> str | None:
        """The name of its class."""

    @property
    def message(self) -> str:
        """Its message, without the traceback."""

    @property
    def cause(self) -> "Error | None":
        """The error behind it."""

    def to_string(self) -> str:
        """All of it, with the traceback."""


class Progress(logging.Handler):
    """A line when a step starts and ends, some during long ones, and one for every error."""

    def __init__(self, to: Console) -> None:
        super().__init__(logging.DEBUG)
        self._to = to
        self._made: Counter[str] = Counter()
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Print the meaning of a record for the user, if it has any."""
        meta: dict[str, Any] = getattr(record, "dagster_meta", None) or {}
        event: dg.DagsterEvent | None = meta.get("dagster_event")
        if event is not None:
            self._tell(event)
        else:
            said = str(meta.get("orig_message") or record.getMessage())
            if said.startswith(SO_FAR):
                self._say(f"  {said}", "dim")
            elif record.levelno >= logging.WARNING and not said.startswith(NOISE):
                self._say(f"  {said}", "red" if record.levelno > logging.WARNING else "yellow")

    def _tell(self, event: dg.DagsterEvent) -> None:
        step = event.step_key or ""
        words = STEPS.get(step) or step.replace("__", " ").replace("_", " ")
        match event.event_type_value:
            case "STEP_START":
                self._made.clear()
                self._say(f"… {words}", "dim")
            case "ASSET_MATERIALIZATION" if event.partition is None:
                self._made["table"] += 1
            case "ASSET_CHECK_EVALUATION":
                self._made["check"] += 1
            case "STEP_SUCCESS":
                seconds = event.step_success_data.duration_ms / 1000
                made = "".join(
                    f", {count} {what}{'s' * (count != 1)}" for what, count in self._made.items()
                )
                self._say(f"✓ {words}: {seconds:.1f} s{made}", "green")
            case "STEP_FAILURE":
                self._failed = True
                failure = event.step_failure_data.user_failure_data
                error = event.step_failure_data.error
                self._say(f"✗ {words}", "bold red")
                if error and error.cls_name != CHECK_FAILED:
                    self._say(_words(failure and failure.description, error), "red")
            case "PIPELINE_FAILURE" if not self._failed:
                self._say(_words(None, event.job_failure_data.error), "bold red")

    def _say(self, words: str, style: str) -> None:
        self._to.print(Text(words, style), soft_wrap=True)


def _words(said: str | None, error: Error | None) -> str:
    """What went wrong, without the traceback, which goes to stderr and so to the log."""
    if said or error is None:
        return said or ""
    print(error.to_string(), file=sys.stderr)
    root = error
    while root.cause:
        root = root.cause
    return "interrupted" if root.cls_name == INTERRUPTED else root.message.strip()


@dg.logger
def progress_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that `unga refresh` runs with."""
    return _logger


# One for the whole run: Dagster initializes its loggers more than once.
_logger = logging.Logger("progress", logging.DEBUG)
_logger.addHandler(Progress(console))

"""The commands that build: `refresh` and `sample`.

Belongs here: their options, messages before and after a run, and exit statuses. Not here: the
run (run/), looking for updates (automation/updates.py), or tables (terminal.py).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.cli.shared import end, refuse_unknown
from orchestration.layout import Layout, code_version
from orchestration.published.query import QueryError

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.run.in_process import Run
    from orchestration.sources import Visit

AcceptLossOption = Annotated[
    bool,
    typer.Option(
        "--accept-loss", help="Publish even if a closed session loses votes that are published."
    ),
]

# Exit statuses of `unga refresh` when it published or found no updates, but a source was at fault.
REFUSED_A_FILE = 3
NOT_IN_REACH = 4


def refresh(
    source: Annotated[
        list[str] | None, typer.Option(help="Look for updates in this source only.")
    ] = None,
    session: Annotated[
        list[str] | None, typer.Option(help="Fetch only this session, e.g. 79 or ES-11.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Build even without updates.")] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 4 if a source could not be reached; what has landed is built anyway.",
        ),
    ] = False,
    accept_loss: AcceptLossOption = False,
) -> None:
    """Fetch updates, build, check, and publish warehouse/unga.duckdb.

    Exit status: 0 published or no updates; 1 not published; 3 as 0, but a source file was refused;
    4 a source could not be reached (with --strict), or none could and only the sample was built.
    """
    from orchestration.published.review import ReviewError
    from orchestration.sources import SourceError

    refuse_unknown(source or [])
    layout = Layout.from_environment()
    console = _console_apart(layout)
    ran: list[Run] = []
    failed = ""
    try:
        config = {"fetch": source or [], "sessions": session or [], "accept_loss": accept_loss}
        status = _refresh(console, layout, config, force, strict, ran)
    except (QueryError, ReviewError, SourceError, OSError) as wrong:
        console.print(str(wrong), style="red", markup=False, soft_wrap=True)
        status, failed = 1, str(wrong)
    _alert(console, layout, ran, failed)
    end(status)


def sample(accept_loss: AcceptLossOption = False) -> None:
    """Build warehouse/sample/unga.duckdb from an invented Assembly, for trying things out."""
    layout = Layout.from_environment()
    config = {"synthetic": True, "accept_loss": accept_loss}
    end(0 if _run(_console_apart(layout), layout, config).whole else 1)


def _console_apart(layout: Layout) -> Console:
    """The console of a refresh: the only one to write to the terminal; the rest is logged."""
    from orchestration.run.console import console, terminal_apart
    from orchestration.run.in_process import dagster_home

    dagster_home(layout)
    console.file = terminal_apart(layout.log)
    return console


def _refresh(
    console: Console,
    layout: Layout,
    config: dict[str, Any],
    force: bool,
    strict: bool,
    ran: "list[Run]",
) -> int:
    """Ask the sources, build if there is a reason, report; returns the exit status.

    The run is added to `ran`, if there is one.
    """
    from orchestration.published.status import asks_to_return, visits_to

    sources, sessions = config["fetch"], config["sessions"]
    if layout.published(synthetic=False).exists() and not force:
        for line in asks_to_return(layout, synthetic=False):
            console.print(line, style="yellow", markup=False, soft_wrap=True)
        reasons = _ask(layout, sources, sessions)
        if not reasons:
            return _tell_nothing_newer(console, layout, sources, strict)
        for reason in reasons:
            console.print(f"newer: {reason}", markup=False, soft_wrap=True)
        config["asked"] = True
    run = _run(console, layout, config)
    ran.append(run)
    status = _tell_visits(console, visits_to(layout, sources), strict)
    if not run.whole:
        return 1
    if run.published == layout.published(synthetic=True):
        console.print(
            "No source could be reached and none has landed: only the SYNTHETIC SAMPLE was built, "
            f"{run.published}. There are no real votes in it.",
            style="bold red",
            soft_wrap=True,
        )
        return NOT_IN_REACH
    return status


def _alert(console: Console, layout: Layout, ran: "list[Run]", failed: str) -> None:
    """Tell people by the channels that are set, as the daemon does; what fails is only printed.

    `failed` is what ended the refresh, if that was no run. Without either, nothing is said about
    the last run.
    """
    from orchestration.alerts.channels import are_set

    # Another refresh that is under way tells of itself.
    if not are_set() or (ran and ran[0].second):
        return
    from orchestration.alerts.causes import (
        ASK,
        RUN,
        AlertError,
        Cause,
        failed_run,
        failed_to_ask,
        with_state,
    )
    from orchestration.alerts.tell import tell

    about, found = [ASK], list[Cause]()
    if ran:
        about.append(f"{RUN}refresh")
        if failed or not ran[0].whole:
            why = failed or ran[0].error or ran[0].why
            found.append(failed_run("refresh", ran[0].run_id, why))
    elif failed:
        found.append(failed_to_ask(failed))
    try:
        done = tell(layout, *with_state(layout, found, about))
    except (AlertError, OSError) as wrong:
        done = [f"not delivered: {wrong}"]
    for words in done:
        console.print(f"alert: {words}", style="yellow", markup=False, soft_wrap=True)


def _ask(layout: Layout, sources: Sequence[str], sessions: Sequence[str]) -> list[str]:
    """Land updates; returns the reasons to build, in plain words."""
    from orchestration.automation.updates import updates
    from orchestration.published import review
    from orchestration.published.status import code_in
    from orchestration.sources import Origin

    published = layout.published(synthetic=False)
    newer = updates(layout, Origin.from_environment(), sources, sessions, land=True).newer
    if code_in(published) != code_version():
        newer.append("the code or the seeds have changed")
    if review.is_changed(layout, published):
        newer.append(f"the reviews in {layout.reviews} have changed")
    return newer


def _tell_nothing_newer(
    console: Console, layout: Layout, sources: Sequence[str], strict: bool
) -> int:
    """Report that no updates were found; returns the exit status."""
    from orchestration.published.status import has_ended, visits_to
    from orchestration.sources import Outcome

    published = layout.published(synthetic=False)
    visits = visits_to(layout, sources)
    faults = (Outcome.NOT_IN_REACH, Outcome.REFUSED)
    at_fault = [
        name
        for name, visit in visits.items()
        if any(has_ended(visit, outcome) for outcome in faults)
    ]
    if at_fault:
        console.print(
            f"No updates were found, but not all of {', '.join(at_fault)} could be reached or "
            f"read: {published} stays as it is.",
            style="bold red",
            soft_wrap=True,
        )
    else:
        console.print(
            f"No updates: {published} was built from the same releases with the same code. "
            "`unga refresh --force` builds again.",
            soft_wrap=True,
        )
    return _tell_visits(console, visits, strict)


def _tell_visits(console: Console, visits: "dict[str, Visit]", strict: bool) -> int:
    """Report what happened at each source; returns the resulting exit status."""
    from orchestration.cli.terminal import print_visits
    from orchestration.published.status import has_ended
    from orchestration.sources import Outcome

    print_visits(console, visits)
    if any(has_ended(visit, Outcome.REFUSED) for visit in visits.values()):
        return REFUSED_A_FILE
    out_of_reach = any(has_ended(visit, Outcome.NOT_IN_REACH) for visit in visits.values())
    return NOT_IN_REACH if strict and out_of_reach else 0


def _run(console: Console, layout: Layout, config: dict[str, Any]) -> "Run":
    """Run the refresh with a line per step, and report its result."""
    from orchestration.cli.terminal import print_summary
    from orchestration.published.status import (
        asks_for_review,
        asks_to_clean,
        kept_builds,
        summary,
        unreviewed_in_last_build,
    )
    from orchestration.run.in_process import run_refresh

    run = run_refresh(layout, config, _refresh_job)
    if run.error:
        console.print(
            f"✗ {run.error}\nmore in {layout.log}", style="bold red", markup=False, soft_wrap=True
        )
    if not run.published:
        console.print("Not published: the last good file is unchanged.", style="bold red")
        synthetic = bool(config.get("synthetic"))
        for row in unreviewed_in_last_build(layout, synthetic):
            console.print(asks_for_review(row, synthetic), style="yellow", soft_wrap=True)
        logs = [log for log in map(layout.checks_log, (False, True)) if log.exists()]
        if logs:
            newest = max(logs, key=lambda log: log.stat().st_mtime)
            console.print(f"every check     {newest}", soft_wrap=True)
        console.print(f"data docs       {layout.data_docs}", soft_wrap=True)
        for line in asks_to_clean(kept_builds(layout)):
            console.print(line, style="yellow", markup=False, soft_wrap=True)
        return replace(run, whole=False)
    print_summary(console, summary(layout, run.published == layout.published(True)))
    if not run.whole:
        console.print(
            "Published, but the exports, the report or the explorer could not be written, as shown "
            "above: they may be those of the previous file. `unga refresh --force` writes them "
            "again.",
            style="bold red",
        )
    return run


def _refresh_job() -> "dg.JobDefinition":
    """The same job as in the UI. Slow to import, and not needed without updates."""
    from orchestration.definitions import build_defs

    return build_defs().resolve_job_def("refresh")

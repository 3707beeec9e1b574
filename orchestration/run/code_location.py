"""Runs of the command line as runs of the code location, so that the UI shows them as its own.

Belongs here: the name of the code location, and the one private part of Dagster that is used all
the same. Not here: what is in it (definitions.py), running it (in_process.py), starting the UI
(cli/ui.py).

The UI's Overview and the page of a job list the runs of their code location only. Dagster records
the location, the "remote job origin", when the UI, a schedule or a sensor creates a run;
`execute_in_process` has no argument for it (https://github.com/dagster-io/dagster/issues/17707). So
it is added where that function creates its run. tests/unit/test_library_internals.py fails if
Dagster no longer does so.
"""

from functools import partial

import dagster as dg
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

# The module that Dagster loads, after which it names the code location.
CODE_LOCATION = "orchestration.definitions"
# What Dagster calls the one repository of a location with Definitions.
REPOSITORY = "__repository__"


def claim_runs(instance: dg.DagsterInstance, job: str) -> None:
    """Let all runs of a job that are created through `instance` belong to the code location."""
    location = RegisteredCodeLocationOrigin(CODE_LOCATION)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, REPOSITORY), job)
    create = partial(instance.create_run_for_job, remote_job_origin=origin)
    instance.create_run_for_job = create  # type: ignore[method-assign]

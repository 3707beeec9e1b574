"""The command `ui`.

Belongs here: starting Dagster's own UI and daemon on this warehouse as one does on a laptop. Not
here: what they show (definitions.py), or a service (serve.py).
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.processes import (
    LOOPBACK,
    end_groups,
    end_on_signals,
    refuse_port_in_use,
    start,
)
from orchestration.cli.shared import end, fail
from orchestration.layout import Layout, mirror_from_environment


def ui(
    port: Annotated[int, typer.Option(help=f"The port on {LOOPBACK}.", min=1, max=65535)] = 3000,
) -> None:
    """Open the Dagster UI on 127.0.0.1 with the whole graph; on exit it stops all it started."""
    from orchestration.run.code_location import CODE_LOCATION
    from orchestration.run.in_process import dagster_home
    from orchestration.run.lock import RefreshRefusedError, sign_of_service

    refuse_port_in_use(LOOPBACK, port)
    layout = Layout.from_environment()
    dagster_home(layout)
    # Absolute paths, since Dagster is started in another folder, with only its own configuration.
    os.environ |= {"UNGA_WAREHOUSE": str(layout.folder), "UNGA_MIRROR": mirror_from_environment()}
    dagster = str(Path(sys.executable).with_name("dagster"))
    command = [dagster, "dev", "-m", CODE_LOCATION, "-h", LOOPBACK, "-p", str(port)]
    try:
        sign = sign_of_service(layout, "unga ui", f"http://{LOOPBACK}:{port}")
    except RefreshRefusedError as served:
        fail(served)
    with sign:
        end_on_signals()
        started = start(command, layout.dagster_home)
        try:
            status = started.wait()
        except KeyboardInterrupt:
            status = 0
        finally:
            end_groups([started])
    end(status)

"""The command `ui`.

Belongs here: starting Dagster's own UI and daemon on this warehouse as one does on a laptop. Not
here: what they show (definitions.py), or a service (serve.py).
"""

from typing import Annotated

import typer

from orchestration.cli.processes import (
    LOOPBACK,
    as_service,
    beside,
    end_groups,
    refuse_port_in_use,
    start,
)
from orchestration.cli.shared import end


def ui(
    port: Annotated[int, typer.Option(help=f"The port on {LOOPBACK}.", min=1, max=65535)] = 3000,
) -> None:
    """Open the Dagster UI on 127.0.0.1 with the whole graph; on exit it stops all it started."""
    from orchestration.run.code_location import CODE_LOCATION

    refuse_port_in_use(LOOPBACK, port)
    command = [beside("dagster"), "dev", "-m", CODE_LOCATION, "-h", LOOPBACK, "-p", str(port)]
    with as_service("unga ui", f"http://{LOOPBACK}:{port}") as layout:
        started = start(command, layout.dagster_home)
        try:
            status = started.wait()
        except KeyboardInterrupt:
            status = 0
        finally:
            end_groups([started])
    end(status)

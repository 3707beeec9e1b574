"""The terminal during a refresh: one console for the project's own lines, a log for the rest.

Belongs here: that console, and redirecting library output. Not here: any messages
(cli/terminal.py, progress.py).
"""

import os
from pathlib import Path
from typing import IO

from rich.console import Console

# The only console that writes to the terminal, on the stream the terminal had at the start.
console = Console(highlight=False)


def terminal_apart(log: Path) -> IO[str]:
    """The terminal as a stream for the command's own lines; all other output goes to a log.

    That is the output of libraries, in this process and in those it starts.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        terminal = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return terminal

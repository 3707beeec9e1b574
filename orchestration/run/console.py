"""The terminal during a refresh: one console for the project's own lines, a log for all else.

Belongs here: that console, and sending what libraries print elsewhere. Not here: any words
(cli/terminal.py, progress.py).
"""

import os
from pathlib import Path
from typing import IO

from rich.console import Console

# The only one that writes to the terminal, on the stream that the terminal had at the start.
console = Console(highlight=False)


def terminal_apart(log: Path) -> IO[str]:
    """The terminal as a stream for the command's own lines; from now on a log takes all else.

    That is what libraries print, in this process and in those that it starts.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        terminal = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return terminal

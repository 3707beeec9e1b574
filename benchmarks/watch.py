"""Watching a command run: its time, its memory, and the time of each line.

Belongs here: starting a process and measuring it with its children. Not here: what is measured.
"""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.05


@dataclass
class Watched:
    """The cost of a command: `seconds` in total, `peak` in bytes, its lines with their second."""

    seconds: float
    peak: int
    returncode: int
    lines: list[tuple[float, str]] = field(default_factory=list)

    @property
    def said(self) -> str:
        """All lines as one text."""
        return "\n".join(line for _, line in self.lines)


def watch(command: Sequence[str | Path], variables: Mapping[str, str] | None = None) -> Watched:
    """Run a command to its end; its memory is the peak of all its processes together.

    Samples the resident pages in /proc twenty times a second, so a shorter peak may be missed;
    shared pages are counted once for each process.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        env=os.environ | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    peak = 0
    ended = threading.Event()

    def look() -> None:
        nonlocal peak
        while not ended.wait(EVERY):
            peak = max(peak, _resident(process.pid))

    looking = threading.Thread(target=look)
    looking.start()
    assert process.stdout
    lines = [(time.perf_counter() - start, line.rstrip("\n")) for line in process.stdout]
    returncode = process.wait()
    seconds = time.perf_counter() - start
    ended.set()
    looking.join()
    return Watched(seconds, peak, returncode, lines)


def _resident(session: int) -> int:
    """The resident memory, in bytes, of all processes of a session."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                pages += int((folder / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pages * PAGE

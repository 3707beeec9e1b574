"""The folder of a result: Parquet by scheme and period, and a file that says what it is.

Belongs here: names within the folder, writing it beside and putting it in place as a whole. Not
here: counting, or reading it back (orchestration/published/attached.py).

    OUT/settings.json
    OUT/scheme=study/period=2024/part-0.parquet
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from scale_out.votes import PairsError

SETTINGS = "settings.json"
MADE_BY = "unga pairs"
PARTITIONS = ("scheme", "period")
UNFINISHED = ".pairs-"


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A folder to write a result into, which replaces `folder` once everything is written.

    Whatever happens before, `folder` stays as it was. Raises PairsError if it is a file, or holds
    anything but a result of this package, which would be lost.
    """
    folder = folder.absolute()
    refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder.parent) as beside:
        held = os.open(beside, os.O_RDONLY)
        try:
            # A lock shows that its writer is alive: else the kernel of the system releases it.
            fcntl.flock(held, fcntl.LOCK_EX)
            new, old = Path(beside) / "new", Path(beside) / "old"
            new.mkdir()
            yield new
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
        finally:
            os.close(held)


def refuse_foreign(folder: Path) -> None:
    """Raise PairsError if `folder` is there and is neither empty nor a result."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir() or read_settings(folder) is None:
        raise PairsError(f"{folder} holds something else, which would be lost: name another --out.")


def read_settings(folder: Path) -> dict[str, Any] | None:
    """What a result was counted from and how; None if the folder is not a result."""
    try:
        said: dict[str, Any] = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        return said if said["made_by"] == MADE_BY else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def as_text(settings: Mapping[str, Any]) -> str:
    """The file SETTINGS."""
    return json.dumps({"made_by": MADE_BY, **settings}, indent=2, ensure_ascii=False) + "\n"


class Partitions:
    """Writes batches that come in the order of the partitions, one open file at a time."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.rows = 0
        self._folder = folder
        self._kept = [name for name in schema.names if name not in PARTITIONS]
        self._schema = pa.schema([schema.field(name) for name in self._kept])
        self._open: tuple[tuple[str, ...], pq.ParquetWriter] | None = None

    def __enter__(self) -> "Partitions":
        return self

    def write(self, partition: tuple[str, str], batches: Iterable[pa.RecordBatch]) -> None:
        """Write the rows of one group, which are all of one scheme and period."""
        for batch in batches:
            if self._open is None or self._open[0] != partition:
                self._close()
                parts = zip(PARTITIONS, partition, strict=True)
                folder = self._folder.joinpath(
                    *(f"{name}={quote(value, safe=' ')}" for name, value in parts)
                )
                folder.mkdir(parents=True)
                file = pq.ParquetWriter(folder / "part-0.parquet", self._schema, compression="zstd")
                self._open = partition, file
            self._open[1].write_batch(batch.select(self._kept))
            self.rows += batch.num_rows

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()


def size_of(folder: Path) -> int:
    """Bytes of all Parquet files of a result."""
    return sum(file.stat().st_size for file in folder.rglob("*.parquet"))

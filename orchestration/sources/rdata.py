"""Reading a data frame in R's own format (.RData, .rda, .rds) in little memory.

Belongs here: turning such a file into a table of text, as a csv would give it. Not here: which
columns a source has, or what its values mean.

pyreadr's own data frames hold the text of every row and take 2 GB for a file of 6 MB. Its parser
calls back for every value, so each distinct text is kept once here, with a number per row.
"""

from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyreadr.custom_errors import LibrdataError, PyreadrError
from pyreadr.librdata import DataType, Parser

from orchestration.sources.release import SourceError

# Far above any file known (1.3 million).
MOST_ROWS = 20_000_000
ROWS_AT_ONCE = 250_000
# R's missing integer.
NO_INTEGER = -(2**31)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Frame:
    """One object of a file: its columns by position, each as numbers into a list of texts."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.columns: list[pa.DictionaryArray | _Texts] = []
        self.labels: dict[int, list[str | None]] = {}

    def table(self) -> pa.Table:
        """The columns that have a name."""
        return pa.table(
            {
                self.names[nth]: column.done() if isinstance(column, _Texts) else column
                for nth, column in enumerate(self.columns)
                if self.names.get(nth)
            }
        )


class _Texts:
    """A column of text as it comes, value by value."""

    def __init__(self) -> None:
        self.numbers = array("i")
        self.known: dict[str, int] = {}

    def add(self, text: object) -> None:
        """The next row's text; anything else stands for a missing one."""
        if isinstance(text, str):
            self.numbers.append(self.known.setdefault(text, len(self.known)))
        else:
            self.numbers.append(-1)

    def done(self) -> pa.DictionaryArray:
        """The column."""
        return _column(np.frombuffer(self.numbers, dtype=np.int32), list(self.known))


class _Frames(Parser):
    """Collects the data frames of a file; the names of its methods are pyreadr's."""

    def __init__(self) -> None:
        self.frames: list[_Frame] = []

    def handle_table(self, name: str | None) -> None:
        self.frames.append(_Frame())

    def handle_column(self, name: str | None, data_type: Any, data: Any, count: int) -> None:
        if count > MOST_ROWS:
            raise PyreadrError(f"{count:,} rows, beyond any file of this source")
        frame = self.frames[-1]
        place = len(frame.columns)
        if name:
            frame.names[place] = name
        if data is None:
            frame.columns.append(_Texts())
        elif place in frame.labels:
            labels = frame.labels[place]
            codes = np.where((data >= 1) & (data <= len(labels)), data - 1, -1)
            frame.columns.append(_column(codes.astype(np.int32), labels))
        else:
            frame.columns.append(_numbers(data, data_type))

    def handle_column_name(self, name: str | None, index: int) -> None:
        if name:
            self.frames[-1].names[index] = name

    def handle_text_value(self, name: object, index: int) -> None:
        column = self.frames[-1].columns[-1]
        if isinstance(column, _Texts):
            column.add(name)

    def handle_value_label(self, name: str | None, index: int) -> None:
        # The levels of a factor come before its column.
        frame = self.frames[-1]
        frame.labels.setdefault(len(frame.columns), []).append(name)


def to_parquet(path: Path, target: Path, wanted: str) -> list[str]:
    """Write the one data frame that has a column `wanted` as text; its columns' names.

    Integers are written as such, dates as 2022-03-02, true and false as 1 and 0; every kind of
    missing value in R is null. Raises SourceError if the file can't be read or has no such frame.
    """
    parser = _Frames()
    try:
        parser.parse(str(path).encode())
        tables = [frame.table() for frame in parser.frames if len(frame.columns) > 1]
    except (LibrdataError, PyreadrError, UnicodeError, pa.ArrowInvalid, MemoryError) as error:
        raise SourceError(
            f"{path.name}: cut off or damaged, or not a file of R's own format ({error}). Fetch or "
            "download it again."
        ) from error
    found = [table for table in tables if wanted in {name.lower() for name in table.column_names}]
    if len(found) != 1:
        raise SourceError(
            f"{path.name}: expected one data frame with a column {wanted}, found {len(found)}."
        )
    pq.write_table(found[0], target, row_group_size=ROWS_AT_ONCE, store_schema=False)
    return [str(name) for name in found[0].column_names]


def _numbers(data: Any, data_type: Any) -> pa.DictionaryArray:
    """A column of numbers, days or times as text."""
    values, codes = np.unique(data, return_inverse=True)
    return _column(codes.astype(np.int32), [_text(value, data_type) for value in values.tolist()])


def _text(value: float, data_type: Any) -> str | None:
    if value != value or value == NO_INTEGER or value in (float("inf"), float("-inf")):
        return None
    if data_type in (DataType.DATE, DataType.TIMESTAMP):
        try:
            days = value if data_type is DataType.DATE else value / 86_400
            return (EPOCH + timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        except OverflowError:
            return str(value)
    return str(int(value)) if value == int(value) else str(value)


def _column(codes: Any, texts: list[str | None]) -> pa.DictionaryArray:
    """Numbers into a list of texts; -1 and pointers to a missing text become null."""
    missing = np.array([text is None for text in texts] + [True])
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=missing[codes]), pa.array([text or "" for text in texts], pa.string())
    )

"""Reading a text table strictly: a bad row is named, never guessed at.

Belongs here: rows and columns of a csv, and what a field may hold (an integer, a date). Not here:
which columns a source has, what its values mean, or R's own format (rdata.py).
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from orchestration.sources.release import SourceError

if TYPE_CHECKING:
    from pyarrow.csv import InvalidRow

ROW = "row_number"
LONGEST_HEADER = 100_000
SHOWN = 80
# If more than this share of a file's roll calls have slips, the file was misread.
MOST_WITH_SLIPS = 1 / 100
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Check:
    """A condition that no row may meet: `bad` marks such rows, `shown` is the column to quote."""

    bad: pl.Expr
    shown: str
    expected: str


@dataclass(frozen=True)
class Slips:
    """Rows with a fault that a few roll calls of a source may have: doubted, not refused.

    `rows` has `row_number`, the `roll_call` that a row is of, and the column `shown` to quote.
    """

    rows: pl.DataFrame
    shown: str
    expected: str


def header(plain: Path, name: str, delimiter: str = ",") -> list[str]:
    """The column names in a table's first line. Raises SourceError for a duplicate column."""
    with plain.open(encoding="utf-8", newline="") as text:
        line = text.readline(LONGEST_HEADER)
    try:
        named = next(csv.reader([line], delimiter=delimiter, strict=True))
        columns = [column.strip() for column in named]
    except (csv.Error, StopIteration) as error:
        raise SourceError(f"{name}: the first line is no list of columns ({error})") from error
    if doubled := sorted({column for column in columns if columns.count(column) > 1}):
        raise SourceError(
            f"{name}: duplicate columns: {', '.join(map(repr, doubled))}. There is no telling "
            "which one holds; download the file again."
        )
    return columns


def scan(
    plain: Path,
    name: str,
    columns: Mapping[str, str | None],
    delimiter: str = ",",
    missing: str | None = None,
) -> pl.LazyFrame:
    """Chosen columns of a table as text, under new names, and `row_number` from 1; no blank lines.

    `columns` maps the name wanted to the name in the file, or to None for a column of nulls;
    `missing` is a word that stands for an empty field. Raises SourceError for a row with more or
    fewer fields than the first line has columns: Polars alone would fill a row that is cut short.
    """
    _refuse_uneven_rows(plain, name, delimiter)
    found = header(plain, name, delimiter)
    frame = pl.scan_csv(
        plain,
        infer_schema=False,
        separator=delimiter,
        new_columns=found,
        null_values=missing,
        row_index_name=ROW,
        row_index_offset=1,
    )
    return _chosen(frame.filter(~pl.all_horizontal(pl.exclude(ROW).is_null())), columns)


def scan_parquet(
    plain: Path, columns: Mapping[str, str | None], missing: str | None = None
) -> pl.LazyFrame:
    """The same for a text table in Parquet, where no row can be cut short."""
    frame = pl.scan_parquet(plain, row_index_name=ROW, row_index_offset=1)
    if missing is not None:
        given = pl.exclude(ROW)
        frame = frame.with_columns(pl.when(given != missing).then(given))
    return _chosen(frame, columns)


def _chosen(frame: pl.LazyFrame, columns: Mapping[str, str | None]) -> pl.LazyFrame:
    return frame.select(
        pl.col(ROW).cast(pl.Int32),
        **{
            # Not replace(): it keeps the text of the whole file alive.
            new: pl.lit(None, pl.String) if old is None else pl.when(pl.col(old) != "").then(old)
            for new, old in columns.items()
        },
    )


def described_once(given: pl.LazyFrame, columns: list[str]) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """The distinct values of `columns`, each with its first row's number, in order.

    When collected, it also maps each row's number to that `first` row's. The columns are read
    twice, so that of values which most rows repeat only a hash is ever in memory.
    """
    rows = given.select(ROW, said=pl.struct(columns).hash()).collect(engine="streaming").sort(ROW)
    first = rows.unique("said", keep="first", maintain_order=True)
    # Texts are copied: those of a filtered frame would keep the whole buffer alive.
    described = (
        given.select(ROW, *columns)
        .filter(pl.col(ROW).is_in(first[ROW].implode()))
        .with_columns(pl.col(columns) + "")
    )
    of_rows = rows.lazy().join(first.lazy().rename({ROW: "first"}), on="said").drop("said")
    return described.collect(engine="streaming").sort(ROW), of_rows


@contextmanager
def polars_errors_named(name: str) -> Iterator[None]:
    """Turn any Polars error into a SourceError that names the file."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        words = " ".join(str(error).split("\n\n")[0].split())
        raise SourceError(
            f"{name}: can't be read as a table: {words[:300]}. Download the file again."
        ) from error


def refuse(frame: pl.DataFrame | pl.LazyFrame, name: str, checks: list[Check]) -> None:
    """Raise SourceError for the first bad row, in the order of the checks.

    A lazy frame is streamed for that, and is never in memory as a whole.
    """
    looked_up = frame.lazy().select(
        piece
        for nth, check in enumerate(checks)
        for piece in (
            pl.col(ROW).filter(check.bad).first().alias(f"row {nth}"),
            pl.col(check.shown).filter(check.bad).first().alias(f"value {nth}"),
            check.bad.sum().alias(f"rows {nth}"),
        )
    )
    first = looked_up.collect(engine="streaming")
    for nth, check in enumerate(checks):
        row, value, rows = (first.item(0, f"{part} {nth}") for part in ("row", "value", "rows"))
        if row is not None:
            more = f" ({rows:,} such rows)" if rows > 1 else ""
            raise SourceError(
                f"{name}, row {row}: {check.shown.removeprefix('given_')} is {_quoted(value)}, "
                f"expected {check.expected}{more}. The file is not used; correct the row at "
                "its source, or take the file as the source serves it."
            )


def refuse_if_common(name: str, roll_calls: int, kinds: list[Slips]) -> None:
    """Raise SourceError, with the first such row, if too many of all roll calls have slips."""
    found = [slips for slips in kinds if slips.rows.height]
    if not found:
        return
    faulty = pl.concat(slips.rows["roll_call"] for slips in found).n_unique()
    if faulty <= MOST_WITH_SLIPS * roll_calls:
        return
    first = min(found, key=lambda slips: int(slips.rows[ROW].min()))  # type: ignore[arg-type]
    row = first.rows.sort(ROW).row(0, named=True)
    raise SourceError(
        f"{name}, row {row[ROW]}: {first.shown.removeprefix('given_')} is "
        f"{_quoted(row[first.shown])}, expected {first.expected}. {faulty:,} of its {roll_calls:,} "
        f"roll calls have a fault like this, and up to {MOST_WITH_SLIPS:.0%} could be taken for "
        "slips. The file is not used; take it as the source serves it."
    )


def parse_int(column: str) -> pl.Expr:
    """A text column as integers; '120.0' is 120; null where it is no integer."""
    number = pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)
    return (
        pl.when(number.is_between(0, LARGEST_NUMBER) & (number == number.floor()))
        .then(number)
        .cast(pl.Int32, strict=False)
        .alias(column)
    )


def parse_date(column: str) -> pl.Expr:
    """A text column as dates, '2019-10-10' or with a time of 0; null where it is no date."""
    return (
        pl.col(column)
        .str.strip_chars()
        .str.extract(r"^(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?$", 1)
        .str.to_date("%Y-%m-%d", strict=False)
        .alias(column)
    )


def _refuse_uneven_rows(plain: Path, name: str, delimiter: str) -> None:
    # Slow to import, and not needed to ask whether anything is new.
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    uneven: list[InvalidRow] = []

    def stop(row: "InvalidRow") -> str:
        uneven.append(row)
        return "error"

    options = {
        "parse_options": arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=stop,
        ),
        "convert_options": arrow_csv.ConvertOptions(
            include_columns=header(plain, name, delimiter)[:1],
            include_missing_columns=True,
            check_utf8=False,
        ),
    }
    try:
        for _ in arrow_csv.open_csv(plain, **options):
            pass
    except pa.ArrowInvalid as error:
        # Read again, not streamed: a stream does not number the rows.
        with suppress(pa.ArrowInvalid):
            arrow_csv.read_csv(plain, arrow_csv.ReadOptions(use_threads=False), **options)
        if not uneven:
            raise SourceError(f"{name}: can't be read as a table: {error}") from error
        row = uneven[-1]
        raise SourceError(
            f"{name}, row {row.number - 1}: {row.actual_columns} fields where the first line names "
            f"{row.expected_columns} ({_quoted(row.text)}). The file is cut off or was saved again "
            "by another program; download it again."
        ) from error


def _quoted(value: object) -> str:
    text = str(value)
    return "empty" if value is None else repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")

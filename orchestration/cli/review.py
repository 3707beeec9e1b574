"""The command `review`.

Belongs here: its options, and the wording of the comparison. Not here: finding and saving the
numbers (published/review.py).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.shared import SampleOption, fail, refuse_unknown
from orchestration.layout import Layout

if TYPE_CHECKING:
    from orchestration.published.review import Reviewed

UNCHANGED = "Nothing changed: this is already the reviewed number."


def review(
    source: Annotated[str, typer.Option(help="The source, e.g. unxml.")],
    session: Annotated[str, typer.Option(help="The session, e.g. 81.")],
    write: Annotated[
        bool, typer.Option("--write", help="Save the number found as reviewed, in this warehouse.")
    ] = False,
    to_seed: Annotated[
        bool,
        typer.Option("--to-seed", help="Write it to the project's seed (for maintainers)."),
    ] = False,
    note: Annotated[str, typer.Option(help="Why the number is right.")] = "",
    sample: SampleOption = False,
) -> None:
    """Compare the roll calls found in a session with the reviewed number, and update it."""
    from orchestration.published import review

    if write and sample:
        fail("The sample's numbers are part of the project: --to-seed writes them.")
    layout = Layout.from_environment()
    try:
        _review(layout, source, session, write, to_seed, note, sample)
    except review.ReviewError as wrong:
        fail(wrong)


def _review(
    layout: Layout,
    source: str,
    session: str,
    write: bool,
    to_seed: bool,
    note: str,
    sample: bool,
) -> None:
    """Print the reviewed and the found number, and write the found one where requested."""
    from orchestration.published import review

    refuse_unknown([source])
    counted = review.found(layout, source, session, sample)
    before = review.reviewed(layout, source, session, sample)
    if before:
        whose = "in this warehouse" if before.own else "in the project's seed"
        typer.echo(f"reviewed  {before.roll_calls}, {whose}")
    else:
        typer.echo("reviewed  never")
    typer.echo(f"found     {counted.roll_calls}, through {counted.through}")
    if not (write or to_seed):
        typer.echo(_conclusion(before, counted.roll_calls))
    if write:
        changed = review.write_own(layout, source, session, counted, note)
        typer.echo(f"written to {layout.reviews}; next: unga refresh" if changed else UNCHANGED)
    if to_seed:
        changed = review.write_seed(layout, source, session, counted, note, sample)
        seed = f"written to {review.SEED}: check it, then commit it"
        typer.echo(seed if changed else UNCHANGED)


def _conclusion(before: "Reviewed | None", found: int) -> str:
    """The result of the comparison, and what to do about it."""
    accept = "if the number found is right, --write saves it"
    if before is None:
        return f"Nobody has reviewed this session: {accept}."
    if found == before.roll_calls or (before.rule == "at_least" and found > before.roll_calls):
        return "As reviewed: nothing to do."
    how = "Fewer" if found < before.roll_calls else "More"
    return f"{how} than reviewed: {accept}."

"""The landing assets: what each source serves, kept as it came.

Belongs here: which sources a run asks, the outcome of each file, and what follows if a source does
not respond. Not here: how a source is asked (sources/).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.assets.metadata import OWNERS
from orchestration.published.query import NewerFileError, refuse_newer
from orchestration.run.warehouse import Warehouse
from orchestration.sample.files import make_sample
from orchestration.sources import (
    SOURCES,
    FileOutcome,
    Landed,
    LandingError,
    Release,
    SourceError,
    landed_releases,
    read_visit,
)

IN_REACH = "in_reach"
NOTHING_REFUSED = "nothing_refused"


def _spec(name: str) -> dg.AssetSpec:
    source = SOURCES[name].source
    return dg.AssetSpec(
        ["landing", name],
        group_name="sources",
        kinds={"file"},
        owners=OWNERS,
        description=f"{source.title}: every release as it came, never changed. One file or more a "
        f"release, with size and hash.",
        metadata={
            "licence": source.licence,
            "citation": source.citation,
            "terms": source.terms,
            "url": dg.MetadataValue.url(source.url),
        },
    )


@dg.multi_asset(
    name="landing",
    specs=[_spec(name) for name in SOURCES],
    check_specs=[
        dg.AssetCheckSpec(check, asset=["landing", name], description=words)
        for name in SOURCES
        for check, words in {
            IN_REACH: "Every place that was asked answered, and a release is landed.",
            NOTHING_REFUSED: "Every file that came, or that a person dropped, can be used.",
        }.items()
    ],
)
def landing(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Ask each source for updates; without any release of any source, fall back to the sample."""
    try:
        # Now, not after the minute that a build takes.
        for synthetic in (False, True):
            refuse_newer(warehouse.layout.published(synthetic))
    except NewerFileError as newer:
        raise dg.Failure(f"Nothing is built: {newer}", allow_retries=False) from None
    if not warehouse.on_sample:
        landed = _land_all(context, warehouse)
        if not any(source.release for source in landed.values()):
            context.log.warning(
                "NO SOURCE IS IN REACH and none has landed: this run builds the SYNTHETIC SAMPLE, "
                "an invented Assembly, into sample/unga.duckdb. No number in it is real. "
                + " ".join(f"{name}: {source.words()}." for name, source in landed.items()),
            )
            warehouse.turn_to_sample()
    if warehouse.on_sample:
        make_sample(warehouse.layout.sample_mirror)
        landed = _land_all(context, warehouse)
    for name, source in landed.items():
        yield dg.MaterializeResult(
            asset_key=["landing", name],
            metadata=_metadata(source),
            check_results=[
                _check(name, IN_REACH, source.not_in_reach, source.release is not None),
                _check(name, NOTHING_REFUSED, source.refused),
            ],
        )


def _check(
    name: str, check: str, failed: Sequence[FileOutcome], passed: bool = True
) -> dg.AssetCheckResult:
    """A check that warns of failed files, each with its reason."""
    reasons = "\n".join(f"- {file}" for file in failed) or ("none" if passed else "nothing landed")
    return dg.AssetCheckResult(
        asset_key=["landing", name],
        check_name=check,
        passed=passed and not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"files": len(failed), "reasons": dg.MetadataValue.md(reasons)},
    )


def _land_all(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dict[str, Landed]:
    """The outcome of each source. Raises dg.Failure if nothing has landed and a file was refused.

    A source out of reach is not an error of this warehouse, and the sample can be built instead;
    a landing that can't be written to, or an unusable file, has to be fixed first.
    """
    landed = {name: _land(context, warehouse, name) for name in SOURCES}
    refused = [str(file) for source in landed.values() for file in source.refused]
    if refused and not any(source.release for source in landed.values()):
        raise dg.Failure("No source is landed:\n" + "\n".join(refused), allow_retries=False)
    return landed


def _land(context: dg.AssetExecutionContext, warehouse: Warehouse, name: str) -> Landed:
    folder = warehouse.layout.landing(warehouse.on_sample)
    # The sample is complete, regardless of which real sources were requested.
    on_sample = warehouse.on_sample
    fetch, sessions = ([], []) if on_sample else (warehouse.fetch, warehouse.sessions)
    if warehouse.asked and not on_sample:
        visit = read_visit(folder, name)
        landed = Landed(_newest(warehouse, name), visit.files, visit.note)
    elif fetch and name not in fetch:
        return Landed(_newest(warehouse, name), note="not asked for in this run")
    else:
        try:
            landed = SOURCES[name].land(
                folder, warehouse.origin, sessions=sessions or None, log=context.log.info
            )
        except LandingError as unusable:
            raise dg.Failure(str(unusable), allow_retries=False) from unusable
        except SourceError as wrong:
            raise dg.Failure(f"{name}: {wrong}", allow_retries=False) from wrong
    for file in (*landed.refused, *landed.not_in_reach):
        context.log.warning(f"{name} {file}")
    if landed.release is None:
        context.log.warning(f"{name}: {landed.words()}; nothing of it is landed")
    return landed


def _newest(warehouse: Warehouse, name: str) -> Release | None:
    kept = landed_releases(warehouse.layout.landing(warehouse.on_sample), name)
    return kept[-1] if kept else None


def _metadata(landed: Landed) -> dict[str, dg.MetadataValue]:
    """The release in use, and the outcome of each requested file."""
    outcomes = [
        f"| {file.name} | {file.outcome} | {file.reason} |".replace("\n", " ")
        for file in landed.files
    ]
    said: dict[str, dg.MetadataValue] = {
        "new": dg.MetadataValue.bool(landed.is_new),
        "what happened": dg.MetadataValue.md(
            "\n".join(["| file | outcome | reason |", "|-|-|-|", *outcomes])
            if outcomes
            else landed.words()
        ),
        "note": dg.MetadataValue.text(landed.note or "none"),
    }
    release = landed.release
    if release is None:
        return said | {"release": dg.MetadataValue.text("none")}
    rows = [f"| {file.name} | {file.size:,} | {file.sha256[:12]} |" for file in release.files]
    return said | {
        "release": dg.MetadataValue.text(release.name),
        "version": dg.MetadataValue.text(release.version or "none stated"),
        "bytes": dg.MetadataValue.int(sum(file.size for file in release.files)),
        "folder": dg.MetadataValue.path(release.folder),
        "files": dg.MetadataValue.md("\n".join(["| file | bytes | sha256 |", "|-|-|-|", *rows])),
    }

"""The landing assets: what each source serves, kept as it came.

Belongs here: which sources a run asks, and what it means that one does not answer. Not here: how a
source is asked (sources/).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.assets.metadata import OWNERS
from orchestration.resources import Warehouse
from orchestration.sample import make_sample
from orchestration.sources import SOURCES, Landed, Release, SourceError, landed_releases

IN_REACH = "in_reach"
REFUSED = "refused: "


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
        dg.AssetCheckSpec(
            IN_REACH,
            asset=["landing", name],
            description="The source answered, or a release of it is landed already.",
        )
        for name in SOURCES
    ],
)
def landing(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Ask each source for something newer; with no release of any source, turn to the sample."""
    if not warehouse.on_sample:
        landed = _land_all(context, warehouse)
        if not any(it.release for it in landed.values()):
            context.log.warning(
                "NO SOURCE IS IN REACH and none is landed: this run builds the SYNTHETIC SAMPLE, "
                "an invented Assembly, into sample.duckdb. No number in it is real. "
                + " ".join(f"{name}: {it.reason}." for name, it in landed.items()),
            )
            warehouse.turn_to_sample()
    if warehouse.on_sample:
        make_sample(warehouse.layout.sample_mirror)
        landed = _land_all(context, warehouse)
    for name, it in landed.items():
        yield dg.MaterializeResult(
            asset_key=["landing", name],
            metadata=_metadata(it.release) | {"what happened": it.reason, "new": it.is_new},
            check_results=[
                dg.AssetCheckResult(
                    asset_key=["landing", name],
                    passed=it.release is not None,
                    check_name=IN_REACH,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"what happened": it.reason},
                )
            ],
        )


def _land_all(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dict[str, Landed]:
    """What came of each source. Raises dg.Failure if nothing is landed and one was refused.

    A source that is out of reach is no fault of this warehouse, and the sample can take its place;
    a landing that can't be written to, or a file that can't be used, has to be put right first.
    """
    landed = {name: _land(context, warehouse, name) for name in SOURCES}
    refused = [it.reason for it in landed.values() if it.reason.startswith(REFUSED)]
    if refused and not any(it.release for it in landed.values()):
        raise dg.Failure("No source is landed:\n" + "\n".join(refused), allow_retries=False)
    return landed


def _land(context: dg.AssetExecutionContext, warehouse: Warehouse, name: str) -> Landed:
    folder = warehouse.layout.landing(warehouse.on_sample)
    kept = landed_releases(folder, name)
    # The sample is whole whatever was asked for of the real sources.
    fetch, sessions = ([], []) if warehouse.on_sample else (warehouse.fetch, warehouse.sessions)
    if fetch and name not in fetch:
        return Landed(kept[-1] if kept else None, False, "not asked for in this run")
    try:
        landed = SOURCES[name].land(
            folder, warehouse.origin, sessions=sessions or None, log=context.log.info
        )
    except SourceError as refused:
        context.log.warning(f"{name} is refused: {refused}")
        return Landed(kept[-1] if kept else None, False, f"{REFUSED}{refused}")
    if landed.release is None and kept:
        landed = Landed(kept[-1], False, landed.reason)
    if landed.release is None:
        context.log.warning(f"{name}: {landed.reason}; nothing of it is landed")
    return landed


def _metadata(release: Release | None) -> dict[str, dg.MetadataValue]:
    if release is None:
        return {"release": dg.MetadataValue.text("none")}
    rows = [f"| {file.name} | {file.size:,} | {file.sha256[:12]} |" for file in release.files]
    return {
        "release": dg.MetadataValue.text(release.name),
        "bytes": dg.MetadataValue.int(sum(file.size for file in release.files)),
        "folder": dg.MetadataValue.path(release.folder),
        "files": dg.MetadataValue.md("\n".join(["| file | bytes | sha256 |", "|-|-|-|", *rows])),
    }

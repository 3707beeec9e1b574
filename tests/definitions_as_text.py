"""The whole code location as a text: every asset and check, job, schedule, sensor, resource.

Belongs here: writing that text, with which integration/test_definitions.py compares. Not here: what
must hold whatever the text says (integration/test_definitions.py).

After an intended change, write it again and review the diff:

    python tests/definitions_as_text.py
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

FILE = Path(__file__).with_name("definitions.txt")
HEAD = "# Written by `python tests/definitions_as_text.py`."


def as_text(definitions: dg.Definitions) -> str:
    """One line each, sorted, regardless of the order of definition."""
    return "\n".join([HEAD, *_automation(definitions), *_assets(definitions)]) + "\n"


def _automation(definitions: dg.Definitions) -> Iterator[str]:
    yield "\njobs"
    for job in sorted(definitions.jobs or [], key=lambda job: job.name):
        steps = sorted(node.name for node in definitions.resolve_job_def(job.name).nodes)
        yield f"  {job.name}: {', '.join(steps)}"
    yield "\nschedules"
    for one in sorted(definitions.schedules or [], key=lambda one: one.name):
        schedule = definitions.resolve_schedule_def(one.name)
        status = schedule.default_status.value.lower()
        yield f"  {schedule.name}: {schedule.job_name} at {schedule.cron_schedule}, {status}"
    yield "\nsensors"
    for one in sorted(definitions.sensors or [], key=lambda one: one.name):
        sensor = definitions.resolve_sensor_def(one.name)
        job = ", ".join(target.job_name for target in sensor.targets) or "no job"
        every = f"every {sensor.minimum_interval_seconds} s"
        yield f"  {sensor.name}: {job} {every}, {sensor.default_status.value.lower()}"
    yield f"\nresources\n  {', '.join(sorted(definitions.resources or {}))}"
    yield f"\nloggers\n  {', '.join(sorted(definitions.loggers or {}))}"


def _assets(definitions: dg.Definitions) -> Iterator[str]:
    graph = definitions.resolve_asset_graph()
    checks = defaultdict(list)
    for key in graph.asset_check_keys:
        blocking = " (blocking)" if graph.get(key).blocking else ""
        checks[key.asset_key].append(f"{key.name}{blocking}")
    groups = defaultdict(list)
    for spec in definitions.resolve_all_asset_specs():
        groups[spec.group_name].append(spec)
    for group in sorted(groups):
        yield f"\nassets of {group}"
        for spec in sorted(groups[group], key=lambda spec: spec.key):
            kinds = ", ".join(sorted(spec.kinds))
            yield f"  {spec.key.to_user_string()}: {kinds}"
            yield from (f"    {check}" for check in sorted(checks.get(spec.key, [])))


if __name__ == "__main__":
    from orchestration.definitions import build_defs

    FILE.write_text(as_text(build_defs()), encoding="utf-8")

"""Full and read-only disks, and folders where files should be.

All are real: a small tmpfs, a read-only mount, a folder without permission. Where a machine does
not allow them, the test is reported as skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from warehouses import UNGA, environment, fingerprint, unga

from orchestration.layout import Layout
from orchestration.published.swap import replace_published
from orchestration.sample.files import make_sample

pytestmark = pytest.mark.full_disk

MB = 1 << 20
# Its own mounts, which end with it; as root of a user namespace if the tests don't run as root.
NAMESPACE = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
# Root may write anywhere; without this capability it is subject to permissions like any user.
HELD_TO_PERMISSIONS = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)


@pytest.fixture(scope="module")
def mounts() -> None:
    """Skip with a message where nothing can be mounted."""
    tried = _run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
    if tried.returncode:
        pytest.skip(f"nothing can be mounted here: {tried.stderr.strip()}")


@pytest.fixture(scope="module")
def held_to_permissions() -> None:
    """Skip with a message where root can't be made subject to permissions."""
    if HELD_TO_PERMISSIONS:
        tried = _run([*HELD_TO_PERMISSIONS, "true"])
        if tried.returncode:
            pytest.skip(f"root can't be held to permissions here: {tried.stderr.strip()}")


def _run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, env=os.environ | variables, capture_output=True, text=True, timeout=900
        )
    except FileNotFoundError as missing:
        return subprocess.CompletedProcess(command, 127, "", str(missing))


def refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """Assert that a command ended with an error that users can act on."""
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "Traceback" not in said
    for word in words:
        assert word in said


@pytest.fixture
def small_warehouse(tmp_path: Path) -> Path:
    """A warehouse with published files, real and sample, that only need to survive."""
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    for name in ("sample/unga.duckdb", "unga.duckdb"):
        (warehouse / name).parent.mkdir(exist_ok=True)
        with duckdb.connect(warehouse / name) as connection:
            connection.execute(
                "create schema marts; create table marts.votes as select 'yes' as vote"
            )
    return warehouse


@pytest.mark.parametrize("free", [0, 3 * MB, 12 * MB], ids=lambda free: f"{free // MB} MB free")
def test_a_full_disk_is_said_and_leaves_the_last_good_file(mounts, small_warehouse, tmp_path, free):
    held = sum(path.stat().st_size for path in small_warehouse.rglob("*") if path.is_file())
    script = """
        set -e
        mkdir "$AT" && mount -t tmpfs -o "size=$SIZE" tmpfs "$AT"
        cp -r "$FROM/." "$AT"
        dd if=/dev/zero of="$AT/filler" bs=64k 2>/dev/null || true
        truncate -s "-$FREE" "$AT/filler" || rm "$AT/filler"
        rc=0; UNGA_WAREHOUSE="$AT" UNGA_MIRROR="" "$UNGA" sample || rc=$?
        sha256sum "$AT/sample/unga.duckdb" >&2
        exit "$rc"
    """
    ended = _run(
        [*NAMESPACE, "sh", "-c", script],
        AT=str(tmp_path / "full"),
        FROM=str(small_warehouse),
        SIZE=str(held + free + 4 * MB),
        FREE=str(free),
        UNGA=str(UNGA),
    )
    refused(ended, fingerprint(small_warehouse / "sample/unga.duckdb"), "full")


@pytest.mark.parametrize(
    ("form", "free"),
    [("parquet", 16 << 10), ("csv", 400 << 10), ("dta", 400 << 10), ("rds", 60 << 10)],
    ids=lambda given: str(given),
)
def test_a_full_disk_leaves_the_exports_as_they_were(mounts, built_sample, tmp_path, form, free):
    file = built_sample / "sample/unga.duckdb"
    script = """
        set -e
        mkdir "$AT" && mount -t tmpfs -o "size=$SIZE" tmpfs "$AT"
        mkdir "$AT/sample" && cp "$FILE" "$AT/sample/unga.duckdb"
        UNGA_WAREHOUSE="$AT" "$UNGA" export states topics --sample --output "$AT/mine"
        find "$AT/mine" -type f | sort | xargs sha256sum > "$BEFORE"
        dd if=/dev/zero of="$AT/filler" bs=64k 2>/dev/null || true
        truncate -s "-$FREE" "$AT/filler"
        rc=0
        UNGA_WAREHOUSE="$AT" "$UNGA" export states roll_calls groups --sample \
            --format "$FORM" --output "$AT/mine" || rc=$?
        find "$AT/mine" -type f | sort | xargs sha256sum | cmp - "$BEFORE"
        test ! -e "$AT/mine/.unfinished"
        exit "$rc"
    """
    ended = _run(
        [*NAMESPACE, "sh", "-c", script],
        AT=str(tmp_path / "full"),
        FILE=str(file),
        BEFORE=str(tmp_path / "before"),
        SIZE=str(file.stat().st_size + 64 * MB),
        FREE=str(free),
        FORM=form,
        UNGA=str(UNGA),
    )
    refused(ended, "can't be written")
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("copied", "words"),
    [(False, "No space left on device"), (True, "The new estimates can't be kept")],
    ids=["no room for the copy", "no room for what is written into it"],
)
def test_a_full_disk_refuses_an_estimation(mounts, built_sample, tmp_path, copied, words):
    file = built_sample / "sample/unga.duckdb"
    size = file.stat().st_size
    script = """
        set -e
        mkdir "$AT" && mount -t tmpfs -o "size=$SIZE" tmpfs "$AT"
        mkdir "$AT/sample" && cp "$FILE" "$AT/sample/unga.duckdb"
        dd if=/dev/zero of="$AT/filler" bs=64k 2>/dev/null || true
        truncate -s "-$FREE" "$AT/filler"
        rc=0; UNGA_WAREHOUSE="$AT" "$UNGA" estimate --sample --short --again || rc=$?
        echo "left:" $(ls "$AT/build") "."
        sha256sum "$AT/sample/unga.duckdb"
        exit "$rc"
    """
    ended = _run(
        [*NAMESPACE, "sh", "-c", script],
        AT=str(tmp_path / "full"),
        FILE=str(file),
        SIZE=str(2 * size + 64 * MB),
        FREE=str((size if copied else 0) + (64 << 10)),
        UNGA=str(UNGA),
        NUMBA_NUM_THREADS="1",
    )
    refused(ended, words, "left: .", fingerprint(file))


# Where links are refused, as on some network shares, keeping a file takes space.
WITHOUT_LINKS = """
import os, sys
from pathlib import Path
from orchestration.layout import Layout
from orchestration.published.kept import put_back, replace_and_keep
def refused(*_):
    raise PermissionError
os.link = refused
layout = Layout(Path(sys.argv[1]))
if sys.argv[2] == "keep":
    replace_and_keep(layout, True, layout.build_file("run", True))
else:
    put_back(layout, True)
"""


@pytest.mark.parametrize("action", ["keep", "put back"])
def test_a_full_disk_while_a_file_is_kept_leaves_the_last_good_file(mounts, tmp_path, action):
    warehouse = Layout(tmp_path / "warehouse")
    kept = warehouse.kept(True) / "2025-01-01T000000-run 0.duckdb"
    for nth, file in enumerate(
        (kept, warehouse.published(True), warehouse.build_file("run", True))
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(file) as connection:
            connection.execute(
                "create schema marts; create table marts.publication as select ? as run_id, "
                "make_timestamp(2025 + ?, 1, 1, 0, 0, 0) as published_at",
                [f"run {nth}", nth],
            )
            connection.execute(
                "create table votes as select hash(i) as vote from range(200000) as rows (i)"
            )
    script = """
        set -e
        mkdir "$AT" && mount -t tmpfs -o "size=$SIZE" tmpfs "$AT"
        cp -r "$FROM/." "$AT"
        dd if=/dev/zero of="$AT/filler" bs=4k 2>/dev/null || true
        truncate -s -64k "$AT/filler"
        rc=0; "$PYTHON" -c "$CODE" "$AT" "$ACTION" || rc=$?
        sha256sum "$AT/sample/unga.duckdb" >&2
        ls "$AT"/sample/kept/*.duckdb "$AT"/sample/kept/.unfinished >&2
        exit "$rc"
    """
    held = sum(path.stat().st_size for path in warehouse.folder.rglob("*.duckdb"))
    ended = _run(
        [*NAMESPACE, "sh", "-c", script],
        AT=str(tmp_path / "full"),
        FROM=str(warehouse.folder),
        SIZE=str(held + MB),
        PYTHON=sys.executable,
        CODE=WITHOUT_LINKS,
        ACTION=action,
    )
    said = ended.stderr
    assert ended.returncode == 1, said
    assert "No space left on device" in said
    assert fingerprint(warehouse.published(True)) in said
    # What could not be copied whole is gone, and counts for nothing.
    assert said.count(".duckdb\n") == 2, said


def test_a_landing_that_is_read_only_is_said(mounts, small_warehouse):
    script = """
        set -e
        mkdir "$UNGA_WAREHOUSE/landing"
        mount --bind "$UNGA_WAREHOUSE/landing" "$UNGA_WAREHOUSE/landing"
        mount -o remount,bind,ro "$UNGA_WAREHOUSE/landing"
        "$UNGA" refresh --force
    """
    make_sample(small_warehouse / "mirror")
    before = fingerprint(small_warehouse / "unga.duckdb")
    ended = _run(
        [*NAMESPACE, "sh", "-c", script],
        UNGA_WAREHOUSE=str(small_warehouse),
        UNGA_MIRROR=str(small_warehouse / "mirror"),
        UNGA=str(UNGA),
    )
    refused(ended, str(small_warehouse / "landing"), "Read-only file system")
    assert fingerprint(small_warehouse / "unga.duckdb") == before


@pytest.mark.parametrize("command", ["sample", "refresh"])
def test_a_warehouse_that_may_not_be_written_is_said(held_to_permissions, small_warehouse, command):
    before = fingerprint(small_warehouse / "sample/unga.duckdb")
    small_warehouse.chmod(0o555)
    try:
        ended = subprocess.run(
            [*HELD_TO_PERMISSIONS, UNGA, "sample"],
            env=environment(small_warehouse),
            capture_output=True,
            text=True,
            timeout=900,
        )
    finally:
        small_warehouse.chmod(0o755)
    refused(ended, str(small_warehouse), "Permission denied")
    assert fingerprint(small_warehouse / "sample/unga.duckdb") == before


def test_a_published_file_that_may_not_be_read_is_said(held_to_permissions, small_warehouse):
    file = small_warehouse / "sample/unga.duckdb"
    file.chmod(0)
    ended = subprocess.run(
        [*HELD_TO_PERMISSIONS, UNGA, "status", "--sample"],
        env=environment(small_warehouse),
        capture_output=True,
        text=True,
        timeout=900,
    )
    refused(ended, str(file), "Permission denied")


def test_neither_exports_nor_a_broken_session_hide_that_the_file_is_new(
    held_to_permissions, built_mirror, mirror, tmp_path
):
    """A refresh of the real votes: a session is new, another broken, exports can't be written."""
    warehouse, served = tmp_path / "warehouse", tmp_path / "mirror"
    shutil.copytree(built_mirror, warehouse)
    shutil.copytree(mirror, served, copy_function=shutil.copyfile)
    for folder in (served, *(path for path in served.iterdir() if path.is_dir())):
        folder.chmod(0o755)
    newest = max((served / "unxml").glob("[0-9]*.json"), key=lambda file: int(file.stem))
    newest.write_bytes(newest.read_bytes() + b"\n")
    (served / "unxml" / "99.json").write_text('{"symbol": ', encoding="utf-8")
    before = fingerprint(warehouse / "unga.duckdb")
    exported = fingerprint(warehouse / "exports" / "datapackage.json")
    (warehouse / "exports").chmod(0o555)
    ended = subprocess.run(
        [*HELD_TO_PERMISSIONS, UNGA, "refresh"],
        env=environment(warehouse, str(served)),
        capture_output=True,
        text=True,
        timeout=900,
    )
    (warehouse / "exports").chmod(0o755)
    refused(ended, "newer: unxml", newest.name, "Permission denied", "Published, but")
    assert "Not published" not in ended.stdout
    assert fingerprint(warehouse / "unga.duckdb") != before
    assert fingerprint(warehouse / "exports" / "datapackage.json") == exported
    (broken,) = [line for line in ended.stdout.splitlines() if line.startswith("unxml   refused")]
    assert "99.json" in broken
    assert "1946 to 1949" in ended.stdout
    assert "2020 to 2026" in ended.stdout
    again = unga(warehouse, "refresh", mirror=str(served))
    assert again.returncode == 3, again.stdout
    assert "newer:" not in again.stdout
    told = unga(warehouse, "status")
    assert told.returncode == 3
    assert told.stdout.startswith("fresh, but unxml refused 99.json")


@pytest.mark.parametrize(
    "name", ["refresh.log", "build/.lock", "sample/unga.duckdb", "sample/checks_log.jsonl"]
)
def test_a_folder_where_a_file_should_be_is_said(tmp_path, name):
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "kept").touch()
    refused(unga(tmp_path, "sample"), str(tmp_path / name))
    assert (tmp_path / name / "kept").exists()


@pytest.mark.parametrize(
    "name",
    ["build", "dagster_home", "data_docs", "explorer", "exports", "reports", "sample/landing"],
)
def test_a_file_where_a_folder_should_be_is_said(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("kept")
    refused(unga(tmp_path, "sample"), str(file))
    assert file.read_text() == "kept"


@pytest.mark.parametrize("command", [["query", "--sample", "select 1"], ["status", "--sample"]])
@pytest.mark.parametrize("content", [None, b"", b"not a database" * 1000], ids=str)
def test_what_is_no_database_is_said(tmp_path, command, content):
    file = tmp_path / "sample/unga.duckdb"
    file.parent.mkdir()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    refused(unga(tmp_path, *command), str(file))


def test_a_replacement_that_fails_leaves_the_last_good_file(tmp_path):
    build, published = tmp_path / "build.duckdb", tmp_path / "published"
    with duckdb.connect(build) as connection:
        connection.execute("create table votes as select 'yes' as vote")
    published.mkdir()
    with pytest.raises(OSError, match="published"):
        replace_published(build, published)
    assert build.exists()

"""A PostgreSQL server for tests, in a folder of its own, on a free port of 127.0.0.1.

Belongs here: starting and ending it. Not here: what is kept in it (faults/test_serve.py).
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from dagster_ui import free_port

USER = "unga"


def _programs() -> Path:
    """The folder of the newest server that is installed; skips if there is none."""
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda it: it.parts[-3])
    if not on_path and not debian:
        pytest.skip("there is no initdb: Dagster's record in PostgreSQL is not tested here")
    return (debian[-1] if debian else Path(str(on_path))).parent


@contextmanager
def postgres(password: str) -> Iterator[str]:
    """The address of an empty database while the server runs; skips without PostgreSQL."""
    programs = _programs()
    # A server does not run as root.
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    # Short, since the name of a socket may not be long, and open to the server's user.
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        data, secret, port = Path(folder) / "data", Path(folder) / "password", free_port()
        secret.write_text(password, encoding="utf-8")
        if other:
            shutil.chown(folder, "postgres")
            shutil.chown(secret, "postgres")

        def run(*command: str) -> None:
            done = subprocess.run(
                [*other, str(programs / command[0]), "-D", str(data), *command[1:]],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                timeout=120,
            )
            assert done.returncode == 0, done.stderr

        run("initdb", "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": folder,
            "fsync": "off",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "-w", "-l", str(Path(folder) / "log"), "-o", options, "start")
        try:
            yield f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")

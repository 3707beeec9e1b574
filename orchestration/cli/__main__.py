"""`python -m orchestration.cli`, where the command `unga` is not installed."""

from orchestration.cli.app import app

app()

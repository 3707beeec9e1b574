"""What a build is configured with: its settings, and the study among them.

Belongs here: reading them from dbt_project.yml. Not here: any other question (reports/question.py).
"""

from dataclasses import dataclass
from typing import Any

import yaml

from orchestration.layout import DBT_PROJECT


@dataclass(frozen=True)
class Study:
    """What dbt_project.yml configures the study's marts with."""

    focus: tuple[str, ...]
    powers: tuple[str, ...]
    year_from: int
    year_to: int

    def powers_beside(self, focus: str) -> list[str]:
        """The configured powers, but for the state itself that they are compared with."""
        return [power for power in self.powers if power != focus.strip().upper()]


def settings() -> dict[str, Any]:
    """The vars of dbt_project.yml, with which a build is made."""
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    given: dict[str, Any] = project["vars"]
    return given


def configured_study() -> Study:
    """The study that the marts of a build are about."""
    given = settings()
    return Study(
        tuple(given["study_focus"]),
        tuple(given["study_powers"]),
        given["study_from"],
        given["study_to"],
    )

"""What a suite found.

Belongs here: the results that the runner makes and the pages show. Not here: running a suite
(runner.py), or how results look (pages.py).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Failure:
    """One expectation that is not met, and where."""

    expectation: str
    detail: str


@dataclass(frozen=True)
class SuiteResult:
    """What a suite found in its table."""

    table: str
    passed: bool
    expectations: int
    failures: list[Failure] = field(default_factory=list)

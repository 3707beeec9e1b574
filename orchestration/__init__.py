"""The Dagster code location and the command line.

Belongs here: `definitions.py` (wiring only), `layout.py` (paths only), and one folder per concern.
A module imports only from those below it in this list, which import-linter enforces
(pyproject.toml):

- `cli/`: commands, options and messages
- `definitions.py`
- `assets/`: thin, what Dagster must know; `automation/`: when to refresh, when to alert
- `alerts/`: telling people, once a cause
- `published/`: the finished file, and reading it
- `run/`: the state of one refresh
- `sources/`: the sources of votes; `sample/`: an invented Assembly in their layouts
- `layout.py`

Not here: the arithmetic of votes and the SQL of models (dbt_project/), what a build must satisfy
(expectations/), the pages for readers (reports/, explorer/).
"""

"""The command line, `unga`: one module a family of commands.

Belongs here: commands, their options, and what users see. Not here: what a command does with
data, which is in the module that it calls. Slow imports (Dagster, Altair, Polars schemas) are made
inside the command that needs them: `unga status` and `unga query` must answer at once.
"""

"""The command line, `unga`: one module a family of commands.

Belongs here: commands, their options, and what a person sees. Not here: what a command does with
data, which is in the module that it calls. What is slow to import (Dagster, Altair, Polars schemas)
is imported by the command that needs it: `unga status` and `unga query` must answer at once.
"""

"""The assets and their checks, one module per stage between the sources and the published file.

Belongs here: what Dagster must know about each step, kept thin. Not here: how sources are read
(sources/), models (dbt_project/), expectations (expectations/), or the files' formats (published/).
"""

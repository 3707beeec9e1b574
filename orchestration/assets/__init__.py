"""The assets and their checks, one module a stretch of the way from source to published file.

Belongs here: what Dagster must know of each step, kept thin. Not here: how sources are read
(sources/), models (dbt_project/), expectations (expectations/), or the files' formats (published/).
"""

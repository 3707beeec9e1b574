"""The finished file: how it replaces its predecessor, and everything that only reads it.

Belongs here: swap and exports, query, status, review, coverage, the evaluation of topics. Not here:
how answers look on a terminal (cli/), whether a build may be published (assets/), and Dagster.
"""

"""Pure functions of Python models, which dbt finds by their path (profiles.yml), one concept each.

Belongs here: arithmetic that SQL is too slow for. Not here: what is read or written (the models).
Everything but dbt imports them from here.
"""

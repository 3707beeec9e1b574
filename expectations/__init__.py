"""What a build must satisfy before it is published, as Great Expectations suites.

Belongs here: what must hold for a finished build as a whole. Is everything there; do the tables
agree with one another, with the sources, and with the reviewed numbers? Not here:
what a dbt test says better (keys, references, accepted values, columns), or what follows from a
failure (orchestration/).
"""

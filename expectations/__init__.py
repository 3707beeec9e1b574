"""What a build must show before it is published, as Great Expectations suites.

Belongs here: what must hold of a finished build as a whole. Is everything there; do the tables
agree with one another, with what the sources state, and with what a person has reviewed? Not here:
what a dbt test says better (keys, references, accepted values, columns), or what follows from a
failure (orchestration/).
"""

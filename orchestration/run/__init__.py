"""The state of one refresh.

Belongs here: the warehouse being built, its lock, killed runs, check results, progress on the
terminal, how Dagster's record is stored, whether it is served. Not here: the steps of a refresh
(assets/), or when one is due (automation/).
"""

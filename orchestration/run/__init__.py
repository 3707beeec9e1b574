"""The state of one refresh.

Belongs here: the warehouse that is being built, its lock, runs that were killed, check results,
progress on the terminal, how Dagster's record is stored. Not here: the steps of a refresh
(assets/), or when one is due (automation/).
"""

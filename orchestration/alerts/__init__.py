"""Telling people what needs them: once when it begins, and once when it is over.

Belongs here: what is worth an alert (causes.py), the channels (channels.py), what was sent to whom
(record.py, tell.py). Not here: the state of the published file (published/status.py), when anyone
looks (automation/alerts.py, cli/refresh.py), or any import of Dagster.
"""

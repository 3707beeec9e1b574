"""The synthetic Assembly: a small invented world for trials, in the sources' layouts.

Belongs here: what it debates (agenda.py), how its states vote (voting.py), and the files with
that (files.py). Not here: reading such files (sources/), or processing them.

Nothing in it can be mistaken for a real vote: its resolutions are numbered from 9001 on, its titles
say "Synthetic", and its conflicts are between fictional countries. Only the states are real, each
voting in the years in which it was a member.
"""

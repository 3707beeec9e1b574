"""What starts a refresh without a person: schedules, sensors, and whether anything is newer.

Belongs here: probing the sources, by names, sizes and conditional requests. Not here: parsing
(sources/), or building (assets/).
"""

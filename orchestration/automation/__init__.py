"""What starts a refresh automatically: schedules, sensors, and looking for updates.

Belongs here: probing the sources, by names, sizes and conditional requests. Not here: parsing
(sources/), or building (assets/).
"""

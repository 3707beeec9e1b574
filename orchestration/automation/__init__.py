"""What happens by itself: schedules and sensors that start a refresh, or that alert people.

Belongs here: probing the sources, by names, sizes and conditional requests, and when anyone looks
for causes of alerts. Not here: parsing (sources/), building (assets/), or alerting (alerts/).
"""

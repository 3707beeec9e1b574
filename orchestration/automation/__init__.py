"""What happens by itself, and what stands in its way: schedules, sensors, and the doctor.

Belongs here: probing the sources, by names, sizes and conditional requests, and when anyone looks
for causes of alerts. Not here: parsing (sources/), building (assets/), or alerting (alerts/).
"""

"""Speed and size, as ratios measured in one run; a report, never a test.

Belongs here: measuring. Not here: anything that users or tests import.
"""

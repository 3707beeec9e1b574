"""The explorer: every vote of the published file in one page that needs no server.

Belongs here: what the page is given (data.py), how it is packed (binary.py), writing the page
(page.py, index.html.j2), and the page itself (static/: plain JavaScript modules and a stylesheet).
Not here: the report on one question (reports/), the command `unga explore`
(orchestration/cli/explore.py), or anything that a refresh has not published.
"""

"""The report: one page on a focus state's votes compared with some powers, from the published file.

Belongs here: the question (question.py), the file's answers (queries.py), the text (narrative.py),
the figures (figures.py), the page (page.py, report.html.j2), the script that draws in it (vega.py),
the folders of reports and their index (shelf.py, index.html.j2). Not here: any measure or finding,
which are the table macros of the published file (dbt_project/macros); the command `unga report`
(orchestration/cli/report.py); or anything that a refresh has not published.
"""

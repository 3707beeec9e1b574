"""The report: one page on how a focus state votes beside some powers, from the published file.

Belongs here: the question (question.py), what the file answers (facts.py), the words of it
(words.py), the figures (figures.py), the page (page.py, report.html.j2), the command (command.py).
Not here: any measure or finding: those are the table macros of the published file
(dbt_project/macros).
"""

"""Ideal points of states: the dynamic ordered probit of Bailey, Strezhnev and Voeten (2017).

Belongs here: reading the votes of a series, sampling, and what the draws come to. It reads a
warehouse file and returns tables. Not here: Dagster, publication, or anything that writes a file.
"""

"""One row per roll call, rule and matching text: see int_topics__rule_matches.yml.

Belongs here: matching patterns. In SQL a pattern that comes from a table is compiled anew for each
row, which takes twenty times as long.
"""

import pyarrow as pa
import pyarrow.compute as pc


def model(dbt, session):
    """Read each text with every reviewed rule for texts of its field."""
    dbt.config(materialized="table")
    texts = dbt.ref("int_topics__texts").to_arrow_table()
    matches = []
    for rule in dbt.ref("topic_rules").to_arrow_table().to_pylist():
        read = texts.filter(pc.equal(texts["field"], rule["field"]))
        read = read.filter(pc.match_substring_regex(read["text"], rule["pattern"]))
        if rule["unless"]:
            refused = pc.match_substring_regex(read["title_and_agenda"], rule["unless"])
            read = read.filter(pc.invert(refused))
        said = {column: rule[column] for column in ("scheme", "topic", "tier", "field", "rule_id")}
        matches.append(
            pa.table(
                {"roll_call_id": read["roll_call_id"]}
                | {column: pa.repeat(value, len(read)) for column, value in said.items()}
            )
        )
    return pa.concat_tables(matches)

"""One row per roll call, rule and matching text: see int_topics__rule_matches.yml.

Belongs here: matching patterns. In SQL a pattern from a table is recompiled for each
row, which takes twenty times as long.
"""

import pyarrow as pa
import pyarrow.compute as pc

MATCHES = pa.schema(
    {
        "roll_call_id": pa.string(),
        "scheme": pa.string(),
        "topic": pa.string(),
        "tier": pa.int32(),
        "field": pa.string(),
        "rule_id": pa.string(),
    }
)


def model(dbt, session):
    """Match each text with every reviewed rule for its field."""
    dbt.config(materialized="table")
    texts = dbt.ref("int_topics__texts").to_arrow_table()
    matches = [MATCHES.empty_table()]
    rules = dbt.ref("topic_rules").to_arrow_table().to_pylist()
    for rule in rules + [_of_descriptions(rule) for rule in rules if rule["field"] == "title"]:
        read = texts.filter(pc.equal(texts["field"], rule["field"]))
        read = read.filter(pc.match_substring_regex(read["text"], rule["pattern"]))
        if rule["unless"]:
            refused = pc.match_substring_regex(read["title_and_agenda"], rule["unless"])
            read = read.filter(pc.invert(refused))
        said = {
            name: pa.array([rule[name]] * len(read), MATCHES.field(name).type)
            for name in MATCHES.names[1:]
        }
        matches.append(pa.table({"roll_call_id": read["roll_call_id"]} | said, schema=MATCHES))
    return pa.concat_tables(matches)


def _of_descriptions(rule):
    """A rule for titles as it is tried on descriptions: what they say is weaker than a heading."""
    return rule | {"field": "description", "tier": 2 if rule["tier"] == 1 else rule["tier"]}

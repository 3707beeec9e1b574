"""One row per resolution and topic of the study: see int_topics__opinions.yml.

Belongs here: which texts the second opinion reads and what it learns from. The linear model is in
kernel/topic_opinions.py.
"""

from topic_opinions import Resolution, opinions

# Descriptions, codes and subjects are weaker: a rule on them is no example to learn from.
STRONG = "evidence similar to '(title|agenda item) rule .*' or evidence = 'main committee'"


def model(dbt, session):
    """Judge every resolution by the words of its titles, agenda item, committee and subjects."""
    dbt.config(materialized="table")
    topics = (
        dbt.ref("topics")
        .filter("scheme = 'study' and topic not in ('all', 'other')")
        .select("topic")
        .order("topic")
    )
    subjects = (
        dbt.ref("int_roll_call_subjects")
        .aggregate("roll_call_id, string_agg(subject, ' | ') as subjects", "roll_call_id")
        .set_alias("subjects")
    )
    coded = (
        dbt.ref("topic_gold_sample")
        .filter("half = 'open'")
        .select("roll_call_id, string_split(topics, ';') as coded")
        .set_alias("coded")
    )
    ruled = (
        dbt.ref("int_topics__study")
        .filter(STRONG)
        .aggregate("roll_call_id, list(topic) as ruled", "roll_call_id")
        .set_alias("ruled")
    )
    read = (
        dbt.ref("int_roll_call_titles")
        .filter("kind = 'resolution'")
        .join(subjects, "roll_call_id", "left")
        .join(coded, "roll_call_id", "left")
        .join(ruled, "roll_call_id", "left")
        .select(
            "roll_call_id, coalesce(title_key, roll_call_id) as item, concat_ws(' | ', title_text,"
            " agenda_text, committee_text, subjects) as text, coded, ruled"
        )
    )
    resolutions = [
        Resolution(
            roll_call_id,
            item,
            text,
            None if coded is None else frozenset(coded),
            None if ruled is None else frozenset(ruled),
        )
        for roll_call_id, item, text, coded, ruled in read.fetchall()
    ]
    return opinions(
        resolutions, [topic for (topic,) in topics.select("topic").order("topic").fetchall()]
    )

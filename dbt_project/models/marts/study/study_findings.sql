{{ study_findings_sql(
    study_question(), ref('study_cohesion'), ref('study_opposition'), ref('study_key_votes')
) }}

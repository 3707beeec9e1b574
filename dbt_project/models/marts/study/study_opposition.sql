{{ study_opposition_sql(study_question()) }}

{{ study_key_votes_sql(study_question()) }}

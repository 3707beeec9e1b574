{{ study_cohesion_sql(study_question()) }}

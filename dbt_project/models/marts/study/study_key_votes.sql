select * from {{ ref('study_key_votes_of') }}({{ study_question() }})

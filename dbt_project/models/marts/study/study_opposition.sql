select * from {{ ref('study_opposition_of') }}({{ study_question() }})

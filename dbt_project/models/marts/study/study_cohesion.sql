select * from {{ ref('study_cohesion_of') }}({{ study_question() }})

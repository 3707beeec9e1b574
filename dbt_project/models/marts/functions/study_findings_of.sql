{% set arguments = '(focus_states, in_powers, first_year, last_year, in_scheme := in_scheme)' %}
with {{ asked_states('focus_states', 'in_powers', years='first_year, last_year') }},

{{ findings(
    ref('study_cohesion_of') ~ arguments,
    ref('study_opposition_of') ~ arguments,
    ref('study_key_votes_of') ~ arguments,
    'first_year',
    'last_year',
    ref('known_study_scheme') ~ '(in_scheme)'
) }}

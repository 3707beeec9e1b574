{% set arguments = '(focus_states, in_powers, first_year, last_year, in_scheme := in_scheme)' %}
with {{ asked_states('focus_states', 'in_powers') }},

{{ findings(
    ref('study_cohesion_of') ~ arguments,
    ref('study_opposition_of') ~ arguments,
    ref('study_key_votes_of') ~ arguments,
    'first_year',
    'last_year',
    'in_scheme'
) }}

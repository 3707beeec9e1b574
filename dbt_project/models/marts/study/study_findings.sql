with {{ asked_states(
    '[' ~ quoted(var('study_focus')) ~ ']', '[' ~ quoted(var('study_powers')) ~ ']'
) }},

{{ findings(
    ref('study_cohesion'),
    ref('study_opposition'),
    ref('study_key_votes'),
    var('study_from'),
    var('study_to'),
    "'study'"
) }}

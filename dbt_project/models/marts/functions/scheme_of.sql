select
    coalesce(
        in_scheme,
        case when in_topic in ({{ quoted(voeten_codes() + ['none']) }}) then 'voeten' else 'study' end
    )

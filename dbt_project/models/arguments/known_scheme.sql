select
    case
        when in_scheme is null and lower(in_topic) in ({{ quoted(voeten_codes() + ['none']) }}) then 'voeten'
        when in_scheme is null then 'study'
        when lower(in_scheme) in ('study', 'voeten', 'unbis') then lower(in_scheme)
        else error('unknown topic scheme ''' || in_scheme || ''': it is study, voeten or unbis')
    end

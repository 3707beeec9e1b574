select
    case
        when lower(in_scheme) in ('study', 'voeten') then lower(in_scheme)
        else error(
            'unknown topic scheme ''' || coalesce(in_scheme, 'null')
            || ''': it is study or voeten for a question of the study'
        )
    end

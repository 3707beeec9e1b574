select
    case
        when
            exists (
                select 1
                from {{ ref('dim_topics') }}
                where scheme = in_scheme and lower(topic) = lower(code)
            )
            then (
                select any_value(topic)
                from {{ ref('dim_topics') }}
                where scheme = in_scheme and lower(topic) = lower(code)
            )
        else error(
            'unknown topic ''' || coalesce(code, 'null') || ''' in scheme ''' || coalesce(in_scheme, 'null')
            || ''': did you mean ' || coalesce((
                select string_agg(topic, ', ' order by closeness desc, topic asc)
                from (
                    select
                        topic,
                        jaro_winkler_similarity(lower(code), lower(topic)) as closeness
                    from {{ ref('dim_topics') }}
                    where scheme = in_scheme
                    order by closeness desc, topic asc
                    limit 3
                )
            ), 'one of the schemes voeten, study, unbis') || '? See marts.dim_topics.'
        )
    end

select
    source,
    release,
    file,
    rule,
    rows::integer as rows,
    example
from {{ source('raw', 'repairs') }}
union all
select
    'unxml' as source,
    any_value(release) as release,
    null as file,
    'a symbol listed more than once is read once, its first line' as rule,
    count(*)::integer as rows,
    min(symbol) as example
from {{ ref('stg_unxml__resolutions') }}
where listed_times > 1
having count(*) > 0
union all
select
    'unxml' as source,
    any_value(release) as release,
    null as file,
    'a recorded vote that lists no states is left to another source' as rule,
    count(*)::integer as rows,
    min(symbol) as example
from {{ ref('stg_unxml__resolutions') }}
anti join {{ ref('stg_unxml__roll_calls') }} using (symbol)
where adoption_type = 'recorded'
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(release) as release,
    null as file,
    'a date before session 59 holds to the month only' as rule,
    count(*)::integer as rows,
    min(voeten_key) as example
from {{ ref('stg_voeten__roll_calls') }}
where date_precision = 'month'
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(release) as release,
    null as file,
    'a roll call without a symbol is known by the source''s number' as rule,
    count(*)::integer as rows,
    min(voeten_key) as example
from {{ ref('stg_voeten__roll_calls') }}
where source_symbol is null
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(release) as release,
    null as file,
    'an amendment or paragraph that only an earlier release marks as one' as rule,
    count(*)::integer as rows,
    min(voeten_key) as example
from {{ ref('stg_voeten__roll_calls') }}
where is_marked_elsewhere
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(source.release) as release,
    any_value(source.file) as file,
    'of two records with the same symbol, day and words the fuller one is taken' as rule,
    count(*)::integer as rows,
    min(source.roll_call) as example
from {{ source('raw', 'voeten_roll_calls') }} as source
anti join {{ ref('stg_voeten__roll_calls') }} as kept on source.roll_call = kept.voeten_key
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(release) as release,
    null as file,
    case kind_told_by
        when 'words' then 'a motion, paragraph or amendment that is not marked is told by its words'
        when 'words against the mark' then 'what is marked as a part is told by its words, up to session 39'
        when 'two thirds' then 'a draft that lacked the two thirds that a motion asked for was not adopted'
        else 'what the vote was on was looked up by a person (seeds.roll_call_kinds)'
    end as rule,
    count(*)::integer as rows,
    min(voeten_key) as example
from {{ ref('stg_voeten__roll_calls') }}
where kind_told_by in ('words', 'words against the mark', 'two thirds', 'a person looked it up')
group by kind_told_by
union all
select
    'voeten' as source,
    any_value(release) as release,
    null as file,
    'where a symbol stands again, the later votes are parts of it' as rule,
    count(*)::integer as rows,
    min(voeten_key) as example
from {{ ref('stg_voeten__roll_calls') }}
where kind = 'paragraph' and kind_told_by is null
having count(*) > 0
union all
select
    'voeten' as source,
    any_value(release) as release,
    any_value(file) as file,
    'a title that ends in the codes of its columns, or stands in the short title, is put right' as rule,
    count(*)::integer as rows,
    min(roll_call) as example
from {{ source('raw', 'voeten_roll_calls') }}
where {{ without_columns('descr', 'short') }} <> descr
having count(*) > 0
order by source, rule

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
    'two records with the same symbol, day and words: the fuller one is taken' as rule,
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
        when 'words' then 'unmarked motion, paragraph or amendment: identified by its wording'
        when 'words against the mark' then 'marked as a part, up to session 39: the wording decides instead'
        when 'two thirds' then 'draft without the two thirds required by a motion: not adopted'
        else 'object of the vote looked up by a person (seeds.roll_call_kinds)'
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
    'repeated symbol: the later votes are on parts of it' as rule,
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
    'title that ends in the codes of its columns, or is in the short title: corrected' as rule,
    count(*)::integer as rows,
    min(roll_call) as example
from {{ source('raw', 'voeten_roll_calls') }}
where {{ without_columns('descr', 'short') }} <> descr
having count(*) > 0
order by source, rule

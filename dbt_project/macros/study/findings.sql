{#-
The three findings, from the answers to the three questions of the study: `study_findings` gives them for the
study's tables, `study_findings_of` for any states, powers and years.

Every convention measures how close the focus state is to a power: the same vote (agreement_strict), abstention
as half of it (agreement_half), no yes against its no (opposition_strict), no vote different from its own
(opposition_wide, which is 1 - agreement_strict, so that R1 and R2 have the same outcome under these two).
`sense`: the sense in which two powers have to be opposed for a roll call to count under the convention.
Not here: the findings (first_finding.sql and so on).
-#}
{% macro findings(cohesion, opposition, key_votes, from_year, to_year, scheme) -%}
conventions (convention, sense, less_is_closer) as (
    values
    ('agreement_strict', 'wide', false),
    ('agreement_half', 'wide', false),
    ('opposition_strict', 'strict', true),
    ('opposition_wide', 'wide', true)
),

{{ first_finding(cohesion) }},

{{ second_finding(opposition) }},

{{ third_finding(key_votes, from_year, to_year, scheme) }}

select * from (
    select * from first_finding
    union all
    select * from second_finding
    union all
    select * from third_finding
) as all_findings
order by focus, finding, topic <> 'all', topic, year nulls first, convention
{%- endmacro %}

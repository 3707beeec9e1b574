{#-
A title as a reader expects it, if a source's column holds something else.

`clean_title`: without what the Library adds (": resolution / adopted by the General Assembly"). Of the agenda
("A/71/251 87 - Reducing nuclear danger. - NUCLEAR NON-PROLIFERATION", in sessions 71 to 73 of Voeten's file) the
item's name; from what the president said before the vote, the title last named in it, null if there is none.
`is_abstract`: whether it is the abstract that Voeten's file has up to 1986, in capitals.
`is_description`: whether it is such an abstract, or the sentence on what the resolution does that some titles
up to 2002 are ("Calls upon Israel to ...").
Not here: which of a source's columns to use (`int_roll_call_titles`).
-#}
{% macro clean_title(column) -%}
    nullif(trim(regexp_replace(
        case
            when {{ is_agenda(column) }}
                then regexp_extract({{ column }}, '^A/\d+/\d+ \S+ - (.+?)[.]?( - [^a-z]+)?(;A/.*)?$', 1)
            when {{ is_speech(column) }}
                then list_last(regexp_extract_all({{ column }}, 'entitled\s+_(.+?)<d3>', 1))
            else {{ column }}
        end,
        '\s*:\s*(draft )?(resolution|decision) ?/.*$|^A/RES/\S+, ', '', 'gi'
    )), '')
{%- endmacro %}

{#- True where the text is an abstract in capitals. -#}
{% macro is_abstract(column) -%}
    coalesce({{ column }} = upper({{ column }}), false)
{%- endmacro %}

{#- True where the text tells what the resolution says instead of naming it. -#}
{% macro is_description(column) -%}
    ({{ is_abstract(column) }} or coalesce(regexp_matches(
        {{ column }},
        '^(acknowledges|affirms|asks|calls|condemns|decides|declares|delpores|demands|denounces|deplores|determines'
        || '|emphasi[sz]es|encourages|endorses|expresses|holds|notes|offers|reaffirms|regrets|reiterates|requests'
        || '|revokes|sets|stresses|strongly|takes|urgently|urges|welcomes)\b',
        'i'
    ), false))
{%- endmacro %}

{#- True where the text is a document, item and heading of the agenda. -#}
{% macro is_agenda(column) -%}
    coalesce(regexp_matches({{ column }}, '^A/\d+/\d+ '), false)
{%- endmacro %}

{#-
Titles in normalised spelling, so that the same item is recognised in another year and another source.

`title_text`: upper case without accents and punctuation, words separated by one blank, -ize spelt -ise. The
topic rules are matched against it.
`title_key`: that text without what changes from year to year (years, symbols, ordinals of sessions, letters
of drafts, "resolution / adopted by the General Assembly") and without function words. Null where the
column holds what the president said before the vote instead of a title.
Not here: which column of a source holds the title (`int_roll_call_titles`).
-#}
{% macro title_text(column) -%}
    trim(regexp_replace(
        regexp_replace(
            regexp_replace(strip_accents(upper({{ column }})), '[''’`]', '', 'g'),
            '[^A-Z0-9]+', ' ', 'g'
        ),
        'IZ(E|ING|ATION)', 'IS\1', 'g'
    ))
{%- endmacro %}

{% macro title_key(column) -%}
    {%- set ordinal = "([A-Z]+TY )?[A-Z]+(ST|ND|RD|TH)" -%}
    {%- set title = "regexp_replace(" ~ column ~ ", '\\s*:\\s*(draft )?(resolution|decision) ?/.*$', '', 'i')" -%}
    case
        when not {{ is_speech(column) }}
            then nullif(trim(regexp_replace(
                regexp_replace(
                    {{ title_text(title) }},
                    '\b(REPORT OF THE [A-Z]+ COMMITTEE|DRAFT RESOLUTION( [IVXL]+)?|A (RES |C \d )?\d+ \S+'
                    || '|{{ ordinal }} (REGULAR |SPECIAL |EMERGENCY SPECIAL )?SESSION|(1[89]|20)\d\d'
                    || '|THE|OF|AND|IN|ON|TO|FOR|BY|A|AN|ITS|UNITED NATIONS|UN|U N)\b',
                    ' ', 'g'
                ),
                '\s+', ' ', 'g'
            )), '')
    end
{%- endmacro %}

{#- True where the text is what the president of the Assembly said before the vote. -#}
{% macro is_speech(column) -%}
    regexp_matches({{ column }}, '^\s*the (acting )?president([^:]{0,40}:| I (now|shall|will) )', 'i')
{%- endmacro %}

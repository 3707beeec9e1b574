{#-
The symbol of a resolution in one spelling, whatever the source writes. What the UN's own list would call it where a
source has another symbol altogether: `int_roll_call_records`.

`A/RES/77/229`, `A/RES/ES-11/1`, `A/RES/75/254B`, and `A/RES/2200A(XXI)` for sessions 1 to 30, when
resolutions were numbered through. `R/68/262` (Voeten, before session 71) and brackets, blanks or a
stroke before a part's letter (`75/254[B]`, `75/290 A`, `42/70/A`) are the same symbol. Null stays null.
-#}
{% macro normalise_symbol(column) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace(upper(regexp_replace({{ column }}, '[\s\[\]]', '', 'g')), '^R/', 'A/RES/'),
            '^A/RES/(\d+)\(([IVXL]+)\)([A-Z](-[A-Z])?)$', 'A/RES/\1\3(\2)'
        ),
        '^(A/RES/\d+/\d+)/([A-H])$', '\1\2'
    )
{%- endmacro %}

{#- The Roman numeral of a session from 1 to 39, as resolutions were numbered until 1976. -#}
{% macro roman_session(column) -%}
    repeat('X', {{ column }} // 10)
    || ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX'][({{ column }} % 10) + 1]
{%- endmacro %}

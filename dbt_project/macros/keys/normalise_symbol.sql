{#-
The symbol of a resolution in the common spelling, from any source's. Where a source has an altogether different
symbol, `int_roll_call_records` gives that of the UN's own list.

`A/RES/77/229`, `A/RES/ES-11/1`, `A/RES/75/254B`, and `A/RES/2200A(XXI)` for sessions 1 to 30, when
resolutions were numbered consecutively. `R/68/262` (Voeten, before session 71) and brackets, blanks or a
slash before a part's letter (`75/254[B]`, `75/290 A`, `42/70/A`) are the same symbol. Null stays null.
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

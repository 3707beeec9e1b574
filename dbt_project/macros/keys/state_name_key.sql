{#-
A state's name in normalised spelling, to be looked up in the seed `state_names`.

Upper case, no accents, one blank for every run of punctuation, apostrophes of all kinds and blanks, and no
article: "Côte d’Ivoire" is COTE D IVOIRE, "The Gambia" and "GAMBIA (THE)" are both GAMBIA. Null stays
null.
-#}
{% macro state_name_key(column) -%}
    trim(regexp_replace(
        regexp_replace(upper(strip_accents({{ column }})), '[^A-Z0-9]+', ' ', 'g'), '\bTHE\b ?', '', 'g'
    ))
{%- endmacro %}

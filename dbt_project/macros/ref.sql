{#-
References by schema and name.

Without the database's name, so that views in the published file keep working when a user attaches or copies it
under another name: a view finds its own database. A function looks in the session's database, so functions name
the database: they work where the file is opened or attached under its own name.
-#}
{% macro ref() -%}
    {%- do return(builtins.ref(*varargs, **kwargs).include(database=is_function())) -%}
{%- endmacro %}

{% macro source() -%}
    {%- do return(builtins.source(*varargs, **kwargs).include(database=is_function())) -%}
{%- endmacro %}

{#- Whether the model being compiled is a function of the published file. -#}
{% macro is_function() -%}
    {%- do return(model is defined and model.config is defined and model.config.materialized == 'table_macro') -%}
{%- endmacro %}

{#-
One bound of Wilson's 95 % interval of a share `share` that was seen in a sample of `size`, which may be a fraction:
of a weighted sample, the square of the sum of the weights by the sum of their squares. `sign` is '-' for the lower
bound, '+' for the upper one. Null where the share is.
-#}
{% macro wilson_bound(share, size, sign) -%}
    {%- set z = "1.959964" -%}
    (
        ({{ share }} + power({{ z }}, 2) / (2 * {{ size }})
        {{ sign }} {{ z }} * sqrt(
            {{ share }} * greatest(1 - {{ share }}, 0) / {{ size }} + power({{ z }}, 2) / (4 * power({{ size }}, 2))
        ))
        / (1 + power({{ z }}, 2) / {{ size }})
    )
{%- endmacro %}

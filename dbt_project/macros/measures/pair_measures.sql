{#-
The measures of agreement between two states, each defined once, over the counts of one 3 by 3 table.

Belongs here: arithmetic over the columns yy ya yn ay aa an ny na nn (first state's vote first; yes,
abstain, no), n (their sum), unanimous, absent_a and absent_b, which must be in scope by these names, and
for the measures with margins (kappa, pi, the alignment index, tau-b) over the columns that `with_distances` adds.
Not here: which roll calls are counted (the pair models), the minimum n of the marts (`measured`).
Votes are placed at yes = 1, abstain = 2, no = 3, so that the largest distance is 2.
-#}

{#- Null below the minimum n: two votes measure nothing. -#}
{% macro measured(expression) -%}
    case when n >= {{ var('minimum_n') }} then {{ expression }} end
{%- endmacro %}

{% macro agreeing() -%} (yy + aa + nn) {%- endmacro %}
{% macro half_agreeing() -%} (ya + ay + an + na) {%- endmacro %}
{% macro opposing() -%} (yn + ny) {%- endmacro %}

{#- Share of roll calls on which both cast the same vote: (yy + aa + nn) / n. -#}
{% macro agreement_strict() -%}
    {{ agreeing() }} / nullif(n, 0)
{%- endmacro %}

{#- Abstention as half agreement (Lijphart 1963, The Analysis of Bloc Voting in the General Assembly,
    APSR 57(4)): (agree + half / 2) / n. -#}
{% macro agreement_half() -%}
    ({{ agreeing() }} + {{ half_agreeing() }} / 2) / nullif(n, 0)
{%- endmacro %}

{#- The same over contested roll calls only: unanimous ones are dropped, as in
    Voeten's published scores (Bailey, Strezhnev and Voeten 2017, JCR 61(2)). -#}
{% macro agreement_half_contested() -%}
    ({{ agreeing() }} - unanimous + {{ half_agreeing() }} / 2) / nullif(n - unanimous, 0)
{%- endmacro %}

{#- S (Signorino and Ritter 1999, Tau-b or Not Tau-b, ISQ 43(1)): 1 - 2 sum|d| / (n dmax), dmax = 2. -#}
{% macro s_score() -%}
    1 - 2 * ({{ half_agreeing() }} + 2 * {{ opposing() }}) / nullif(2 * n, 0)
{%- endmacro %}

{#- Share of roll calls on which one said yes and the other no: (yn + ny) / n. -#}
{% macro opposition_share() -%}
    {{ opposing() }} / nullif(n, 0)
{%- endmacro %}

{#- Observed disagreement, summed and not yet divided by n; an abstention is one step from either side. -#}
{% macro observed_distance(squared) -%}
    ({{ half_agreeing() }} + {{ 4 if squared else 2 }} * {{ opposing() }})
{%- endmacro %}

{#- The counts of a relation, with the terms of the measures with margins and of their standard errors: the margins
    of both states; the summed distance of a yes from all votes of the first state (`from_first_y` and so on; `far_...`: squared); the
    observed disagreement, not yet divided by n; and the disagreement expected from the margins, times n squared
    (`expected_...`), or from both combined, times 4 n squared (`pooled_...`), null where the margins allow no
    difference; for each cell the roll calls that lie on the same side of it for both states less those that do not
    (`order_yy` and so on); the pairs of roll calls that a state tells apart, twice (`untied_...`), null where it always
    votes alike; and tau-b (`in_order`). In steps, since a query that repeats them takes long to plan. -#}
{% macro with_distances(relation) -%}
(
    select
        *,
        (
            {%- for cell in ('yy', 'ya', 'yn', 'ay', 'aa', 'an', 'ny', 'na', 'nn') -%}
            {{ ' + ' if not loop.first }}{{ cell }} * order_{{ cell }}
            {%- endfor -%}
        ) / sqrt(untied_first * untied_second) as in_order
    from (
        select
            *
            {%- for measure, far in (('absolute', 2), ('squared', 4)) %}
            {%- set prefix = 'far_' if measure == 'squared' else '' %}
            {%- for margin in ('first', 'second') %},
            {{ margin }}_a + {{ far }} * {{ margin }}_n as {{ prefix }}from_{{ margin }}_y,
            {{ margin }}_y + {{ margin }}_n as {{ prefix }}from_{{ margin }}_a,
            {{ far }} * {{ margin }}_y + {{ margin }}_a as {{ prefix }}from_{{ margin }}_n
            {%- endfor %},
            {{ observed_distance(measure == 'squared') }}::double as observed_{{ measure }},
            nullif(
                first_y * {{ prefix }}from_second_y + first_a * {{ prefix }}from_second_a + first_n * {{ prefix }}from_second_n, 0
            ) as expected_{{ measure }},
            nullif(
                (first_y + second_y) * ({{ prefix }}from_first_y + {{ prefix }}from_second_y)
                + (first_a + second_a) * ({{ prefix }}from_first_a + {{ prefix }}from_second_a)
                + (first_n + second_n) * ({{ prefix }}from_first_n + {{ prefix }}from_second_n), 0
            ) as pooled_{{ measure }}
            {%- endfor %},
            (aa + an + na + nn)::double as order_yy,
            (an + nn - ay - ny)::double as order_ya,
            -(ay + aa + ny + na)::double as order_yn,
            (na + nn - ya - yn)::double as order_ay,
            (yy + nn - yn - ny)::double as order_aa,
            (yy + ya - ny - na)::double as order_an,
            -(ya + yn + aa + an)::double as order_ny,
            (yy + ay - yn - an)::double as order_na,
            (yy + ya + ay + aa)::double as order_nn,
            nullif(n::double ^ 2 - first_y ^ 2 - first_a ^ 2 - first_n ^ 2, 0) as untied_first,
            nullif(n::double ^ 2 - second_y ^ 2 - second_a ^ 2 - second_n ^ 2, 0) as untied_second
        from (
            select
                *,
                (yy + ya + yn)::double as first_y,
                (ay + aa + an)::double as first_a,
                (ny + na + nn)::double as first_n,
                (yy + ay + ny)::double as second_y,
                (ya + aa + na)::double as second_a,
                (yn + an + nn)::double as second_n
            from {{ relation }}
        )
    )
)
{%- endmacro %}

{#- Cohen's weighted kappa as Haege (2011, Choice or Circumstance?, Political Analysis 19(3)) uses it:
    1 - observed / expected disagreement, each state's own margins. Null where the margins allow no difference. -#}
{% macro cohen_kappa(measure) -%}
    1 - n::double * observed_{{ measure }} / expected_{{ measure }}
{%- endmacro %}

{#- Scott's weighted pi (Haege 2011): as kappa, but with the combined margins of both states. -#}
{% macro scott_pi(measure) -%}
    1 - 4 * n::double * observed_{{ measure }} / pooled_{{ measure }}
{%- endmacro %}

{#- The alignment index A (Benati and Capurri 2026, The Alignment index and its application to voting at the United
    Nations General Assembly, Quality & Quantity, doi:10.1007/s11135-026-02814-x): S less the S of two states that vote
    independently with the same margins, absolute distances. 0 where the margins allow no difference. -#}
{% macro alignment_index() -%}
    coalesce(expected_absolute, 0) / nullif(n::double ^ 2, 0) - observed_absolute / nullif(n, 0)
{%- endmacro %}

{#- Kendall's tau-b (1945, The Treatment of Ties in Ranking Problems, Biometrika 33(3)): pairs of roll calls that both
    states order alike less those that they order the other way, over the geometric mean of the pairs that each tells
    apart. Null where a state always votes alike. -#}
{% macro tau_b() -%} in_order {%- endmacro %}

{#- Voting coincidence as the US State Department counts it since 2014 (Voting Practices in the United
    Nations): (same + half of partial + half of absent) / roll calls on which the reference state voted
    yes, no or abstained. The first state is the reference; absent_b counts the other's absences then. -#}
{% macro voting_coincidence() -%}
    ({{ agreeing() }} + {{ half_agreeing() }} / 2 + absent_b / 2) / nullif(n + absent_b, 0)
{%- endmacro %}

{#- The State Department's older coincidence: same / (same + opposite), yes and no only. -#}
{% macro voting_coincidence_yes_no() -%}
    (yy + nn) / nullif(yy + nn + {{ opposing() }}, 0)
{%- endmacro %}

{#- The counts of a pair by name, unchanged: seen from its first state. -#}
{% macro pair_columns() -%}
    yy, ya, yn, ay, aa, an, ny, na, nn, n, unanimous, absent_a, absent_b, absent_either
{%- endmacro %}

{#- The same counts under the same names, the pair reversed: seen from its second state. -#}
{% macro turned_pair_columns() -%}
    yy, ay as ya, ny as yn, ya as ay, aa, na as an, yn as ny, an as na, nn, n, unanimous,
    absent_b as absent_a, absent_a as absent_b, absent_either
{%- endmacro %}

{#- The same counts added up over several rows of a pair. -#}
{% macro summed_pair_columns() -%}
    {%- for column in pair_columns().split(', ') %}
    sum({{ column }})::integer as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The columns on a pair in every cohesion table: n, its three parts as counts, absences, each measure,
    each measure's standard error. -#}
{% macro cohesion_columns() -%}
    n,
    {{ agreeing() }} as agreed,
    {{ half_agreeing() }} as half_agreed,
    {{ opposing() }} as opposed,
    absent_either,
    {%- for name, expression in measures().items() %}
    {{ measured(expression) }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    {%- for name, expression in standard_errors().items() %},
    {{ measured(expression) }} as {{ name }}_se
    {%- endfor %}
{%- endmacro %}

{#- Every measure by its column name, in the order of the marts. -#}
{% macro measures() -%}
    {%- do return({
        'agreement_strict': agreement_strict(),
        'agreement_half': agreement_half(),
        'agreement_half_contested': agreement_half_contested(),
        's_score': s_score(),
        'kappa_absolute': cohen_kappa('absolute'),
        'kappa_squared': cohen_kappa('squared'),
        'pi_absolute': scott_pi('absolute'),
        'pi_squared': scott_pi('squared'),
        'alignment_index': alignment_index(),
        'tau_b': tau_b(),
        'opposition_share': opposition_share(),
        'voting_coincidence': voting_coincidence(),
        'voting_coincidence_yes_no': voting_coincidence_yes_no(),
    }) -%}
{%- endmacro %}

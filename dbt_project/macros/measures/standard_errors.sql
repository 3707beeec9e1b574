{#-
The standard error of each measure, over the same counts as the measures (`pair_measures.sql`).

They answer how far a measure would move if the roll calls were drawn again from what made them: roll calls are
taken as independent draws, and the counts as multinomial. Two states' errors are not independent of each other.
Belongs here: arithmetic over the counts in scope. Not here: the measures, or standard errors of anything else.
A mean of scores has its plain error, sqrt((mean of squares - squared mean) / n). Kappa and pi are ratios: the
delta method (Bishop, Fienberg and Holland 1975, Discrete Multivariate Analysis, ch. 14.6; for weighted kappa
Fleiss, Cohen and Everitt 1969, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin
72(5)) gives theirs.
-#}

{#- Of a mean score: `scored` is a list of (count, score) and `total` the number of roll calls they add up to. -#}
{% macro error_of_mean(scored, total) -%}
    {%- set sums, squares = [], [] -%}
    {%- for count, score in scored -%}
        {%- do sums.append(count ~ ' * ' ~ score) -%}
        {%- do squares.append(count ~ ' * ' ~ score * score) -%}
    {%- endfor -%}
    sqrt(greatest(({{ squares | join(' + ') }}) - (({{ sums | join(' + ') }})::double ^ 2) / nullif({{ total }}, 0), 0))
    / nullif({{ total }}, 0)
{%- endmacro %}

{#- The counts of a relation, with what the errors of kappa and pi are made of: the margins of both states, the
    summed distance of each vote from all votes of the other margin (`from_second_y`, `far_from_second_y`: squared),
    and the observed and expected distances. In steps, since a query that repeats them takes a second to be planned. -#}
{% macro with_distances(relation) -%}
(
    select
        *,
        {{ observed_distance(false) }}::double as observed_absolute,
        {{ observed_distance(true) }}::double as observed_squared
        {%- for prefix, far in (('', 2), ('far_', 4)) %}
        {%- for margin in ('first', 'second') %},
        {{ margin }}_a + {{ far }} * {{ margin }}_n as {{ prefix }}from_{{ margin }}_y,
        {{ margin }}_y + {{ margin }}_n as {{ prefix }}from_{{ margin }}_a,
        {{ far }} * {{ margin }}_y + {{ margin }}_a as {{ prefix }}from_{{ margin }}_n
        {%- endfor %}
        {%- endfor %}
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
{%- endmacro %}

{#- Of 1 - scale * n * observed / expected distance. Its gradient in the cell (i, j) is scale * n^2 / E *
    (share * O / E * (a_i + b_j) - d_ij), a and b the distances of a vote from all votes of the other margin;
    weighted by the counts it adds up to O. Pi has the margins of both states taken together. -#}
{% macro error_of_corrected(squared, pooled) -%}
    {%- set prefix = 'far_' if squared else '' -%}
    {%- set far = 4 if squared else 2 -%}
    {%- set observed = 'observed_squared' if squared else 'observed_absolute' -%}
    {%- set votes = ['y', 'a', 'n'] -%}
    {%- set distances = {'yy': 0, 'ya': 1, 'yn': far, 'ay': 1, 'aa': 0, 'an': 1, 'ny': far, 'na': 1, 'nn': 0} -%}
    {%- set expected, terms = [], [] -%}
    {%- for vote in votes -%}
        {%- set from_second = prefix ~ 'from_second_' ~ vote -%}
        {%- set from_both = '(' ~ prefix ~ 'from_first_' ~ vote ~ ' + ' ~ from_second ~ ')' -%}
        {%- if pooled -%}
            {%- do expected.append('(first_' ~ vote ~ ' + second_' ~ vote ~ ') * ' ~ from_both) -%}
        {%- else -%}
            {%- do expected.append('first_' ~ vote ~ ' * ' ~ from_second) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set expected = 'nullif(' ~ expected | join(' + ') ~ ', 0)' -%}
    {%- for cell, distance in distances.items() -%}
        {%- set from_all = prefix ~ 'from_second_' ~ cell[0] ~ ' + ' ~ prefix ~ 'from_first_' ~ cell[1] -%}
        {%- if pooled -%}
            {%- set from_all = from_all ~ ' + ' ~ prefix ~ 'from_first_' ~ cell[0] ~ ' + ' ~ prefix ~ 'from_second_' ~ cell[1] -%}
        {%- endif -%}
        {%- do terms.append(
            cell ~ ' * (' ~ (2 if pooled else 1) ~ ' * ' ~ observed ~ ' * (' ~ from_all ~ ') / ' ~ expected ~ ' - '
            ~ distance ~ ') ^ 2'
        ) -%}
    {%- endfor -%}
    {{ 4 if pooled else 1 }} * n / {{ expected }}
    * sqrt(greatest({{ terms | join(' + ') }} - {{ observed }} ^ 2 / nullif(n, 0), 0))
{%- endmacro %}

{#- The standard error of every measure by the measure's name, in the order of `measures`. -#}
{% macro standard_errors() -%}
    {%- set half = [(agreeing(), 1), (half_agreeing(), 0.5)] -%}
    {%- do return({
        'agreement_strict': error_of_mean([(agreeing(), 1)], 'n'),
        'agreement_half': error_of_mean(half, 'n'),
        'agreement_half_contested': error_of_mean(
            [('(' ~ agreeing() ~ ' - unanimous)', 1), (half_agreeing(), 0.5)], '(n - unanimous)'
        ),
        's_score': '2 * ' ~ error_of_mean(half, 'n'),
        'kappa_absolute': error_of_corrected(false, pooled=false),
        'kappa_squared': error_of_corrected(true, pooled=false),
        'pi_absolute': error_of_corrected(false, pooled=true),
        'pi_squared': error_of_corrected(true, pooled=true),
        'opposition_share': error_of_mean([(opposing(), 1)], 'n'),
        'voting_coincidence': error_of_mean(half + [('absent_b', 0.5)], '(n + absent_b)'),
        'voting_coincidence_yes_no': error_of_mean([('(yy + nn)', 1)], '(yy + nn + ' ~ opposing() ~ ')'),
    }) -%}
{%- endmacro %}

{#-
The standard error of each measure, over the same counts as the measures (`pair_measures.sql`).

They estimate how far a measure would vary if the roll calls were drawn again from the same population: roll calls
are treated as independent draws, and the counts as multinomial. Two states' errors are not independent of each other.
Belongs here: arithmetic over the counts in scope. Not here: the measures, or standard errors of anything else.
A mean of scores has its plain error, sqrt((mean of squares - squared mean) / n). For measures with margins the
delta method (Bishop, Fienberg and Holland 1975, Discrete Multivariate Analysis, ch. 14.6; for weighted kappa
Fleiss, Cohen and Everitt 1969, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin
72(5)) gives it.
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

{#- Of 1 - scale * n * observed / expected distance. Its gradient in the cell (i, j) is scale * n^2 / E *
    (share * O / E * (a_i + b_j) - d_ij), a and b the distances of a vote from all votes of the other margin;
    weighted by the counts it adds up to O. Pi has the combined margins of both states. -#}
{% macro error_of_corrected(measure, pooled) -%}
    {%- set prefix = 'far_' if measure == 'squared' else '' -%}
    {%- set far = 4 if measure == 'squared' else 2 -%}
    {%- set expected = ('pooled_' if pooled else 'expected_') ~ measure -%}
    {%- set distances = {'yy': 0, 'ya': 1, 'yn': far, 'ay': 1, 'aa': 0, 'an': 1, 'ny': far, 'na': 1, 'nn': 0} -%}
    {%- set terms = [] -%}
    {%- for cell, distance in distances.items() -%}
        {%- set from_all = prefix ~ 'from_second_' ~ cell[0] ~ ' + ' ~ prefix ~ 'from_first_' ~ cell[1] -%}
        {%- if pooled -%}
            {%- set from_all = '2 * (' ~ from_all ~ ' + ' ~ prefix ~ 'from_first_' ~ cell[0] ~ ' + ' ~ prefix ~ 'from_second_' ~ cell[1] ~ ')' -%}
        {%- endif -%}
        {%- do terms.append(
            cell ~ ' * (observed_' ~ measure ~ ' / ' ~ expected ~ ' * (' ~ from_all ~ ') - ' ~ distance ~ ') ^ 2'
        ) -%}
    {%- endfor -%}
    {{ 4 if pooled else 1 }} * n / {{ expected }}
    * sqrt(greatest({{ terms | join(' + ') }} - observed_{{ measure }} ^ 2 / n, 0))
{%- endmacro %}

{#- Of the alignment index. Its gradient in the cell (i, j) is a_i + b_j - d_ij, as above in proportions; weighted by
    the proportions it adds up to twice the expected distance less the observed. -#}
{% macro error_of_alignment() -%}
    {%- set distances = {'yy': 0, 'ya': 1, 'yn': 2, 'ay': 1, 'aa': 0, 'an': 1, 'ny': 2, 'na': 1, 'nn': 0} -%}
    {%- set terms = [] -%}
    {%- for cell, distance in distances.items() -%}
        {%- do terms.append(
            cell ~ ' * ((from_second_' ~ cell[0] ~ ' + from_first_' ~ cell[1] ~ ') / n - ' ~ distance ~ ') ^ 2'
        ) -%}
    {%- endfor -%}
    sqrt(greatest(
        ({{ terms | join(' + ') }}) / n
        - (2 * coalesce(expected_absolute, 0) / n::double ^ 2 - observed_absolute / n) ^ 2, 0
    ) / n)
{%- endmacro %}

{#- Of tau-b. Its gradient in the cell (i, j) is 2 c_ij / sqrt(u v) + tau (p_i / u + q_j / v): c the share of roll
    calls in order less that out of order, p and q the margins, u and v one less the sum of their squares. -#}
{% macro error_of_tau_b() -%}
    {%- set terms = [] -%}
    {%- for cell in ('yy', 'ya', 'yn', 'ay', 'aa', 'an', 'ny', 'na', 'nn') -%}
        {%- set gradient -%}
            2 * order_{{ cell }} / sqrt(untied_first * untied_second)
            + in_order * (first_{{ cell[0] }} / untied_first + second_{{ cell[1] }} / untied_second)
        {%- endset -%}
        {%- do terms.append((cell, gradient)) -%}
    {%- endfor -%}
    case when in_order is not null then sqrt(greatest(
        (
            {%- for cell, gradient in terms -%}
            {{ ' + ' if not loop.first }}{{ cell }} * ({{ gradient }}) ^ 2
            {%- endfor -%}
        ) * n
        - (in_order * (n::double ^ 2 / untied_first + n::double ^ 2 / untied_second)) ^ 2, 0
    ) / n) end
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
        'kappa_absolute': error_of_corrected('absolute', pooled=false),
        'kappa_squared': error_of_corrected('squared', pooled=false),
        'pi_absolute': error_of_corrected('absolute', pooled=true),
        'pi_squared': error_of_corrected('squared', pooled=true),
        'alignment_index': error_of_alignment(),
        'tau_b': error_of_tau_b(),
        'opposition_share': error_of_mean([(opposing(), 1)], 'n'),
        'voting_coincidence': error_of_mean(half + [('absent_b', 0.5)], '(n + absent_b)'),
        'voting_coincidence_yes_no': error_of_mean([('(yy + nn)', 1)], '(yy + nn + ' ~ opposing() ~ ')'),
    }) -%}
{%- endmacro %}

-- noqa: disable=LT02
{% macro replay_sums(weight='1') -%}
    sum(n_requests * {{ weight }}) as n_requests,
    sum(n_slots * {{ weight }}) as n_slots,
    {% for k in var('metric_cutoffs') -%}
    {% for column in ['n_hits', 'n_hit_requests', 'ndcg'] -%}
    sum({{ column }}_{{ k }} * {{ weight }}) as {{ column }}_{{ k }},
    {% endfor -%}
    {% endfor -%}
    sum(n_interactions * {{ weight }}) as n_interactions
{%- endmacro %}

{% macro replay_figures(sums, columns) -%}
    {% for k in var('metric_cutoffs') -%}
    {% for metric, (numerator, denominator) in {
        'precision': ('n_hits_' ~ k, 'n_requests * ' ~ k),
        'hit_rate': ('n_hit_requests_' ~ k, 'n_requests'),
        'ndcg': ('ndcg_' ~ k, 'n_requests'),
    }.items() -%}
    select
        {{ columns }},
        '{{ metric }}' as metric,
        {{ k }} as k,
        cast({{ numerator }} as double) / ({{ denominator }}) as value
    from {{ sums }}
    union all
    {% endfor -%}
    {% endfor -%}
    select
        {{ columns }},
        'ctr_proxy' as metric,
        null as k,
        cast(n_interactions as double) / n_slots as value
    from {{ sums }}
{%- endmacro %}

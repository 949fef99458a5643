-- noqa: disable=LT02
{#
    Every KPI: its value, and the number of observations behind it.
#}
{% macro kpis_by_period(period, type, minutes) -%}
    {% set kpis = {
        'requests': ('n_requests', 'n_requests'),
        'requests_per_minute_mean':
            ('n_requests / ' ~ minutes, 'n_requests'),
        'requests_per_minute_peak': ('n_requests_peak_minute', 'n_requests'),
        'unique_users': ('n_users', 'n_requests'),
        'error_rate': ('n_errors / n_requests', 'n_requests'),
        'server_error_count': ('n_server_errors', 'n_requests'),
        'latency_mean_ms': ('latency_mean_ms', 'n_answered'),
        'latency_p50_ms': ('latency_p50_ms', 'n_answered'),
        'latency_p95_ms': ('latency_p95_ms', 'n_answered'),
        'latency_p99_ms': ('latency_p99_ms', 'n_answered'),
        'fallback_rate':
            ('n_fallbacks / nullif(n_personal, 0)', 'n_personal'),
        'new_user_share': ('n_new / nullif(n_named, 0)', 'n_named'),
        'unknown_movie_share': ('n_unknown_movie / n_requests', 'n_requests'),
        'catalogue_coverage':
            ('n_movies_shown / n_movies_catalogue', 'n_slots'),
        'popularity_gini': ('gini', 'n_slots'),
    } -%}
    with

    requests as (

        select * from {{ ref('int_requests_summed_by_' ~ period) }}

    ),

    slots as (

        select * from {{ ref('int_slots_spread_by_' ~ period) }}

    ),

    named_requests as (

        select
            date_trunc('{{ period }}', starts_at) as period_starts_at,
            {{ all_or('model_version', 'grouping(model_version)') }}
                as model_version,
            {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
            sum(n_named) as n_named,
            sum(n_new) as n_new
        from {{ ref('int_named_requests_counted_by_hour') }}
        group by
            {{ over_versions_and_endpoints(
                "date_trunc('" ~ period ~ "', starts_at)"
            ) }}

    ),

    thresholds as (

        select * from {{ ref('kpi_thresholds') }}

    ),

    joined as (

        select
            requests.*,
            slots.n_slots,
            slots.n_movies_shown,
            slots.n_movies_catalogue,
            slots.gini,
            named_requests.n_named,
            named_requests.n_new
        from requests
        left join slots
            on
                requests.starts_at = slots.starts_at
                and requests.model_version = slots.model_version
                and requests.endpoint = slots.endpoint
        left join named_requests
            on
                requests.starts_at = named_requests.period_starts_at
                and requests.model_version = named_requests.model_version
                and requests.endpoint = named_requests.endpoint

    ),

    measured as (

        {% for kpi, (value, n) in kpis.items() -%}
        select
            starts_at,
            model_version,
            endpoint,
            '{{ kpi }}' as kpi,
            cast({{ value }} as double) as value,
            cast({{ n }} as bigint) as n
        from joined
        {% if not loop.last %}union all{% endif %}
        {% endfor %}

    ),

    -- nothing observed is no figure
    final as (

        select
            cast(measured.starts_at as {{ type }}) as {{ period }},
            measured.model_version,
            measured.endpoint,
            measured.kpi,
            measured.value,
            measured.n,
            {{ status_of('measured.value', 'thresholds') }} as status,
            thresholds.threshold_warning,
            thresholds.threshold_breach
        from measured
        left join thresholds
            on
                measured.kpi = thresholds.kpi
                and measured.endpoint = thresholds.scope
        where measured.value is not null

    )

    select * from final
{%- endmacro %}

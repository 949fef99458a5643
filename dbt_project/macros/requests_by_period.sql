{% macro requests_by_period(period) -%}
    with

    touched as (

        {{ touched_periods(period) }}

    ),

    requests as (

        select
            requests.* exclude (loaded_at, model_version),
            coalesce(requests.model_version, 'none') as model_version,
            touched.starts_at,
            touched.loaded_at,
            touched.n_loaded
        from {{ ref('fct_requests') }} as requests
        inner join touched
            on
                touched.starts_at
                = date_trunc('{{ period }}', requests.requested_at)

    ),

    minutes as (

        select
            starts_at,
            model_version,
            endpoint,
            grouping(model_version) as is_any_version,
            grouping(endpoint) as is_any_endpoint,
            count(*) as n_requests
        from requests
        group by
            {{ over_versions_and_endpoints(
                "starts_at, date_trunc('minute', requested_at)"
            ) }}

    ),

    peaks as (

        select
            starts_at,
            {{ all_or('model_version', 'is_any_version') }} as model_version,
            {{ all_or('endpoint', 'is_any_endpoint') }} as endpoint,
            max(n_requests) as n_requests_peak_minute
        from minutes
        group by
            starts_at,
            {{ all_or('model_version', 'is_any_version') }},
            {{ all_or('endpoint', 'is_any_endpoint') }}

    ),

    summed as (

        select
            starts_at,
            {{ all_or('model_version', 'grouping(model_version)') }}
                as model_version,
            {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
            max(loaded_at) as loaded_at,
            max(n_loaded) as n_loaded,
            count(*) as n_requests,
            count(distinct user_id) as n_users,
            count(*) filter (where status >= 400) as n_errors,
            count(*) filter (where status >= 500) as n_server_errors,
            count(*) filter (where status < 400) as n_answered,
            count(is_fallback) as n_personal,
            count(*) filter (where is_fallback) as n_fallbacks,
            count(unknown_movie_id) as n_unknown_movie,
            avg(latency_ms) filter (where status < 400) as latency_mean_ms,
            {{ percentile('latency_ms', 0.5) }}
                filter (where status < 400) as latency_p50_ms,
            {{ percentile('latency_ms', 0.95) }}
                filter (where status < 400) as latency_p95_ms,
            {{ percentile('latency_ms', 0.99) }}
                filter (where status < 400) as latency_p99_ms
        from requests
        group by {{ over_versions_and_endpoints('starts_at') }}

    ),

    final as (

        select
            summed.*,
            peaks.n_requests_peak_minute
        from summed
        inner join peaks
            on
                summed.starts_at = peaks.starts_at
                and summed.model_version = peaks.model_version
                and summed.endpoint = peaks.endpoint

    )

    select * from final
{%- endmacro %}

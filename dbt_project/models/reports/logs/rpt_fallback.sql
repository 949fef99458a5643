with

requests as (

    select * from {{ ref('fct_requests') }}
    where is_fallback

),

rates as (

    select * from {{ ref('rpt_kpi_daily') }}
    where
        kpi = 'fallback_rate'
        and endpoint = 'all'

),

fallbacks as (

    select
        cast(requested_at as date) as day,
        coalesce(model_version, 'none') as model_version,
        coalesce(fallback_reason, 'unknown') as reason
    from requests

),

counted as (

    select
        day,
        {{ all_or('model_version', 'grouping(model_version)') }}
            as model_version,
        reason,
        count(*) as requests
    from fallbacks
    group by grouping sets ((day, reason), (day, reason, model_version))

),

-- of what the KPI is a share of
final as (

    select
        counted.day,
        counted.model_version,
        counted.reason,
        counted.requests,
        cast(counted.requests as double) / rates.n as share
    from counted
    inner join rates
        on
            counted.day = rates.day
            and counted.model_version = rates.model_version

)

select * from final

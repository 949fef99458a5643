with

personal as (

    select sum(n) as requests
    from reports.rpt_kpi_daily
    where
        model_version = 'all'
        and endpoint = 'all'
        and kpi = 'fallback_rate'
        and day between $first and $last

),

reasons as (

    select
        reason,
        sum(requests) as requests
    from reports.rpt_fallback
    where model_version = 'all' and day between $first and $last
    group by reason

),

final as (

    select
        reasons.reason,
        cast(reasons.requests as bigint) as requests,
        cast(personal.requests as bigint) as personal_requests,
        cast(reasons.requests / personal.requests as double) as share
    from reasons
    cross join personal

)

select * from final
order by requests desc, reason asc

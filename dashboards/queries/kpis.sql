-- The KPIs of a period. What adds up is added up, shares and means are weighed
-- by what is behind them; of what cannot be put together from days, the
-- highest day or the mean day is told.
with

days as (

    select
        *,
        case
            when kpi in ('requests', 'server_error_count') then 'sum'
            when kpi = 'requests_per_minute_mean' then 'mean'
            when
                kpi in (
                    'error_rate',
                    'fallback_rate',
                    'latency_mean_ms',
                    'new_user_share',
                    'unknown_movie_share'
                )
                then 'weighed mean'
            when kpi in ('catalogue_coverage', 'popularity_gini')
                then 'mean day'
            else 'highest day'
        end as over_days
    from reports.rpt_kpi_daily
    where day between $first and $last

),

final as (

    select
        model_version,
        endpoint,
        kpi,
        over_days,
        case over_days
            when 'sum' then sum(value)
            when 'mean'
                then
                    sum(value)
                    / (cast($last as date) - cast($first as date) + 1)
            when 'weighed mean' then sum(value * n) / sum(n)
            when 'mean day' then avg(value)
            else max(value)
        end as value,
        sum(n) as n,
        count(*) as days,
        count(*) filter (where status = 'warning') as days_in_warning,
        count(*) filter (where status = 'breach') as days_in_breach,
        case
            when max(threshold_breach) is null then null
            when count(*) filter (where status = 'breach') > 0 then 'breach'
            when count(*) filter (where status = 'warning') > 0 then 'warning'
            else 'ok'
        end as status,
        max(threshold_warning) as threshold_warning,
        max(threshold_breach) as threshold_breach
    from days
    group by model_version, endpoint, kpi, over_days

)

select * from final
order by model_version, endpoint, kpi

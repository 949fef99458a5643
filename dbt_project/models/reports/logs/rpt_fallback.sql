with

requests as (

    select * from {{ ref('fct_requests') }}
    where is_fallback is not null

),

counted as (

    select
        cast(requested_at as date) as day,
        {{ all_or('model_version', 'grouping(model_version)') }}
            as model_version,
        case when is_fallback then coalesce(fallback_reason, 'unknown') end
            as reason,
        count(*) as requests
    from requests
    group by grouping sets (
        (
            cast(requested_at as date),
            case when is_fallback then coalesce(fallback_reason, 'unknown') end
        ),
        (
            cast(requested_at as date),
            case when is_fallback then coalesce(fallback_reason, 'unknown') end,
            model_version
        )
    )

),

shared as (

    select
        *,
        requests / sum(requests) over (partition by day, model_version)
            as share
    from counted

),

final as (

    select
        day,
        coalesce(model_version, 'none') as model_version,
        reason,
        requests,
        cast(share as double) as share
    from shared
    where reason is not null

)

select * from final

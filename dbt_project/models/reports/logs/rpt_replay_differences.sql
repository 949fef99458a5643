{# a bootstrap interval narrower than this has no width but rounding #}
{% set no_width = 0.000000001 %}

with

requests as (

    select * from {{ ref('int_requests_replayable') }}

),

figures as (

    select * from {{ ref('rpt_replay_by_model') }}
    where endpoint = 'all'

),

resampled as (

    select * from {{ ref('int_replay_resampled') }}
    where endpoint = 'all'

),

versions as (

    select
        model_version,
        min(requested_at) as first_requested_at
    from requests
    group by model_version

),

-- the later one against each that served before it
pairs as (

    select
        later.model_version,
        earlier.model_version as other_version
    from versions as later
    inner join versions as earlier
        on
            (later.first_requested_at, later.model_version)
            > (earlier.first_requested_at, earlier.model_version)

),

differences as (

    select
        pairs.model_version,
        pairs.other_version,
        one.window_days,
        one.metric,
        one.k,
        one.value - other.value as difference,
        least(one.n_users, other.n_users) as n_users,
        sqrt(
            power(one.value - one.ci_low, 2)
            + power(other.ci_high - other.value, 2)
        ) as below,
        sqrt(
            power(one.ci_high - one.value, 2)
            + power(other.value - other.ci_low, 2)
        ) as above
    from pairs
    inner join figures as one
        on pairs.model_version = one.model_version
    inner join figures as other
        on
            pairs.other_version = other.model_version
            and one.window_days = other.window_days
            and one.metric = other.metric
            and one.k is not distinct from other.k
    where one.value is not null and other.value is not null

),

resampled_differences as (

    select
        pairs.model_version,
        pairs.other_version,
        one.window_days,
        one.metric,
        one.k,
        {{ percentile('one.value - other.value', 0.025) }} as ci_low,
        {{ percentile('one.value - other.value', 0.975) }} as ci_high,
        least(
            max(one.value) - min(one.value),
            max(other.value) - min(other.value),
            max(one.value - other.value) - min(one.value - other.value)
        ) as narrowest,
        avg(case
            when one.value - other.value > {{ no_width }} then 1
            when one.value - other.value < -{{ no_width }} then 0
            else 0.5
        end) as p_better
    from pairs
    inner join resampled as one
        on pairs.model_version = one.model_version
    inner join resampled as other
        on
            pairs.other_version = other.model_version
            and one.window_days = other.window_days
            and one.metric = other.metric
            and one.k is not distinct from other.k
            and one.sample = other.sample
    group by
        pairs.model_version,
        pairs.other_version,
        one.window_days,
        one.metric,
        one.k

),

-- where the bootstrap of either version, or of the difference, has no width,
-- the interval is put together of theirs (Newcombe, 1998)
final as (

    select
        differences.model_version,
        differences.other_version,
        differences.window_days,
        differences.metric,
        differences.k,
        differences.difference,
        case
            when differences.n_users < {{ var('replay_minimum_users') }}
                then null
            when resampled_differences.narrowest > {{ no_width }}
                then resampled_differences.ci_low
            else differences.difference - differences.below
        end as ci_low,
        case
            when differences.n_users < {{ var('replay_minimum_users') }}
                then null
            when resampled_differences.narrowest > {{ no_width }}
                then resampled_differences.ci_high
            else differences.difference + differences.above
        end as ci_high,
        case
            when differences.n_users >= {{ var('replay_minimum_users') }}
                then resampled_differences.p_better
        end as p_better
    from differences
    left join resampled_differences
        on
            differences.model_version = resampled_differences.model_version
            and differences.other_version
            = resampled_differences.other_version
            and differences.window_days = resampled_differences.window_days
            and differences.metric = resampled_differences.metric
            and differences.k is not distinct from resampled_differences.k

)

select * from final

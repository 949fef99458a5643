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
        one.value - other.value as difference
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
        avg(case sign(one.value - other.value)
            when 1 then 1
            when 0 then 0.5
            else 0
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

final as (

    select
        differences.model_version,
        differences.other_version,
        differences.window_days,
        differences.metric,
        differences.k,
        differences.difference,
        resampled_differences.ci_low,
        resampled_differences.ci_high,
        resampled_differences.p_better
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

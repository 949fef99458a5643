{% set z = 1.959963984540054 %}
{# a bootstrap interval narrower than this has no width but rounding #}
{% set no_width = 0.000000001 %}

with

counts as (

    select * from {{ ref('int_replay_requests_counted') }}

),

sums as (

    select * from {{ ref('int_replay_summed_by_cluster') }}

),

resampled as (

    select * from {{ ref('int_replay_resampled') }}

),

metrics as (

    {% for k in var('metric_cutoffs') %}
        {% for metric in ['precision', 'hit_rate', 'ndcg'] %}
            select
                '{{ metric }}' as metric,
                {{ k }} as k
            union all
        {% endfor %}
    {% endfor %}
    select
        'ctr_proxy' as metric,
        null as k

),

summed as (

    select
        model_version,
        {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
        is_fallback,
        window_days,
        {{ replay_sums() }}
    from sums
    group by
        grouping sets (
            (model_version, window_days),
            (model_version, endpoint, is_fallback, window_days)
        )

),

figures as (

    {{ replay_figures(
        'summed',
        'model_version, endpoint, is_fallback, window_days'
    ) }}

),

intervals as (

    select
        model_version,
        endpoint,
        is_fallback,
        window_days,
        metric,
        k,
        {{ percentile('value', 0.025) }} as ci_low,
        {{ percentile('value', 0.975) }} as ci_high
    from resampled
    group by
        model_version,
        endpoint,
        is_fallback,
        window_days,
        metric,
        k

),

-- where all users are alike the bootstrap has no width, and Wilson's interval
-- over the users stands in; a few users have no interval
final as (

    select
        counts.model_version,
        counts.endpoint,
        counts.is_fallback,
        counts.window_days,
        metrics.metric,
        metrics.k,
        figures.value,
        case
            when counts.n_users < {{ var('replay_minimum_users') }} then null
            when intervals.ci_high - intervals.ci_low > {{ no_width }}
                then intervals.ci_low
            else {{ wilson('figures.value', 'counts.n_users', -z) }}
        end as ci_low,
        case
            when counts.n_users < {{ var('replay_minimum_users') }} then null
            when intervals.ci_high - intervals.ci_low > {{ no_width }}
                then intervals.ci_high
            else {{ wilson('figures.value', 'counts.n_users', z) }}
        end as ci_high,
        counts.n_requests,
        counts.n_users,
        counts.n_censored,
        counts.n_repeats
    from counts
    cross join metrics
    left join figures
        on
            {{ same_replay('counts', 'figures') }}
            and metrics.metric = figures.metric
            and metrics.k is not distinct from figures.k
    left join intervals
        on
            {{ same_replay('counts', 'intervals') }}
            and metrics.metric = intervals.metric
            and metrics.k is not distinct from intervals.k

)

select * from final

with

sums as (

    select * from {{ ref('int_replay_summed_by_cluster') }}

),

weights as (

    select * from {{ ref('int_bootstrap_weights_drawn') }}

),

clusters as (

    select
        model_version,
        {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
        is_fallback,
        window_days,
        cluster,
        {{ replay_sums() }}
    from sums
    group by
        grouping sets (
            (model_version, window_days, cluster),
            (model_version, endpoint, is_fallback, window_days, cluster)
        )

),

-- the same draw of users for every version and metric, so that differences
-- are paired
resampled as (

    select
        clusters.model_version,
        clusters.endpoint,
        clusters.is_fallback,
        clusters.window_days,
        weights.sample,
        {{ replay_sums('weights.weight') }}
    from clusters
    inner join weights
        on clusters.cluster = weights.cluster
    group by
        clusters.model_version,
        clusters.endpoint,
        clusters.is_fallback,
        clusters.window_days,
        weights.sample

),

final as (

    {{ replay_figures(
        'resampled',
        'model_version, endpoint, is_fallback, window_days, sample'
    ) }}

)

select * from final

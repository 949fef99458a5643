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
        metric,
        k,
        cluster,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from sums
    group by grouping sets (
        (model_version, window_days, metric, k, cluster),
        (
            model_version,
            endpoint,
            is_fallback,
            window_days,
            metric,
            k,
            cluster
        )
    )

),

-- the same draw of users for every version and metric, so that differences
-- are paired
final as (

    select
        clusters.model_version,
        clusters.endpoint,
        clusters.is_fallback,
        clusters.window_days,
        clusters.metric,
        clusters.k,
        weights.sample,
        sum(clusters.numerator * weights.weight)
        / sum(clusters.denominator * weights.weight) as value
    from clusters
    inner join weights
        on clusters.cluster = weights.cluster
    group by
        clusters.model_version,
        clusters.endpoint,
        clusters.is_fallback,
        clusters.window_days,
        clusters.metric,
        clusters.k,
        weights.sample

)

select * from final

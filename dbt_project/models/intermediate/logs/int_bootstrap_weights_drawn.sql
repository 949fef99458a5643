{{ config(tags=['unlogged']) }}

{# Poisson of mean one: P(weight <= n) for n = 0, 1, 2 ... #}
{% set cumulated = [
    0.36787944117144233,
    0.7357588823428847,
    0.9196986029286058,
    0.9810118431238462,
    0.9963401531726563,
    0.9994058151824183,
    0.9999167588507119,
] %}

with

clusters as (

    select
        {{ unnested('range(0, ' ~ var('bootstrap_clusters') ~ ')') }}
            as cluster

),

samples as (

    select
        {{ unnested('range(0, ' ~ var('bootstrap_samples') ~ ')') }} as sample

),

drawn as (

    select
        clusters.cluster,
        samples.sample,
        {{ unit_interval("concat(clusters.cluster, '-', samples.sample)") }}
            as uniform
    from clusters
    cross join samples

),

final as (

    select
        cast(cluster as integer) as cluster,
        cast(sample as integer) as sample,
        case
            {% for share in cumulated -%}
                when uniform < {{ share }} then {{ loop.index0 }}
            {% endfor -%}
            else {{ cumulated | length }}
        end as weight
    from drawn

)

select * from final
where weight > 0

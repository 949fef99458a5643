{% set bounds = var('latency_buckets_ms') %}

with

requests as (

    select * from {{ ref('fct_requests') }}

),

buckets as (

    {% for low in bounds %}
        select
            {{ low }} as bucket_low_ms,
            {{ 'null' if loop.last else loop.nextitem }} as bucket_high_ms
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

placed as (

    select
        cast(requested_at as date) as day,
        endpoint,
        coalesce(model_version, 'none') as model_version,
        case
            {% for low in bounds | reverse -%}
                when latency_ms >= {{ low }} then {{ low }}
            {% endfor %}
        end as bucket_low_ms
    from requests
    where status < 400

),

final as (

    select
        placed.day,
        placed.endpoint,
        placed.model_version,
        cast(placed.bucket_low_ms as double) as bucket_low_ms,
        cast(buckets.bucket_high_ms as double) as bucket_high_ms,
        count(*) as requests
    from placed
    inner join buckets
        on placed.bucket_low_ms = buckets.bucket_low_ms
    group by
        placed.day,
        placed.endpoint,
        placed.model_version,
        placed.bucket_low_ms,
        buckets.bucket_high_ms

)

select * from final

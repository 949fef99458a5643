{{ config(materialized='view') }}

with

requests as (

    select * from {{ ref('stg_operational__request_logs') }}

),

versions as (

    select * from {{ ref('int_model_versions_located') }}

),

-- a request that no model answered, or one without figures, is nobody else's
final as (

    select
        requests.request_id,
        requests.user_id,
        requests.model_version,
        requests.endpoint,
        requests.status,
        requests.latency_ms,
        requests.is_fallback,
        requests.fallback_reason,
        requests.strategy,
        requests.k,
        requests.movie_ids,
        requests.scores,
        requests.propensities,
        requests.greedy_movie_ids,
        requests.asked_movie_ids,
        requests.unknown_movie_id,
        requests.is_simulated,
        requests.requested_at,
        requests.loaded_at,
        requests.damage,
        requests.damaged_row
    from requests
    left join versions
        on requests.model_version = versions.model_version
    where
        versions.dataset is null
        or versions.dataset = '{{ dataset_name() }}'

)

select * from final

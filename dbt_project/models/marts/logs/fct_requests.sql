{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail'
) }}

with

requests as (

    select * from {{ ref('int_requests_selected') }}

),

final as (

    select
        request_id,
        requested_at,
        user_id,
        endpoint,
        model_version,
        status,
        latency_ms,
        is_fallback,
        fallback_reason,
        strategy,
        k,
        coalesce(len(movie_ids), 0) as n_recommended,
        asked_movie_ids,
        unknown_movie_id,
        propensities is not null as is_explored,
        is_simulated,
        loaded_at
    from requests
    where
        damage is null
        and {{ is_unloaded('requests') }}

)

select * from final

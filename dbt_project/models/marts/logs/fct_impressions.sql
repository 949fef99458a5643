{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail'
) }}

with

requests as (

    select * from {{ ref('int_requests_selected') }}

),

unloaded as (

    select *
    from requests
    where
        damage is null
        and len(movie_ids) > 0
        and {{ is_unloaded('requests', 'loaded.position = 1') }}

),

slots as (

    select
        * exclude (movie_ids, scores, propensities, greedy_movie_ids),
        {{ unnested('range(1, len(movie_ids) + 1)') }} as position,
        {{ unnested('movie_ids') }} as movie_id,
        {{ unnested('scores') }} as score,
        {{ unnested('propensities') }} as propensity,
        {{ unnested('greedy_movie_ids') }} as greedy_movie_id
    from unloaded

),

-- what is shown without chance is certain, and is what the greedy policy shows
final as (

    select
        request_id,
        cast(position as integer) as position,
        movie_id,
        score,
        coalesce(propensity, 1) as propensity,
        coalesce(greedy_movie_id, movie_id) as greedy_movie_id,
        user_id,
        endpoint,
        model_version,
        is_fallback,
        requested_at,
        loaded_at
    from slots

)

select * from final

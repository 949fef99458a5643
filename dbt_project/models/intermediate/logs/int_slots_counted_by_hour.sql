{{ config(materialized='incremental', unique_key='starts_at') }}

with

impressions as (

    select * from {{ ref('fct_impressions') }}

),

movies as (

    select * from {{ ref('dim_movies') }}

),

touched as (

    {{ touched_periods('hour') }}

),

final as (

    select
        touched.starts_at,
        touched.loaded_at,
        touched.n_loaded,
        coalesce(impressions.model_version, 'none') as model_version,
        impressions.endpoint,
        impressions.movie_id,
        count(*) as n_slots
    from impressions
    inner join touched
        on touched.starts_at = date_trunc('hour', impressions.requested_at)
    inner join movies
        on impressions.movie_id = movies.movie_id
    group by
        touched.starts_at,
        touched.loaded_at,
        touched.n_loaded,
        coalesce(impressions.model_version, 'none'),
        impressions.endpoint,
        impressions.movie_id

)

select * from final

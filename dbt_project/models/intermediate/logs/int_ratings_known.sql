{{ config(materialized='view') }}

with

merged as (

    select * from {{ ref('int_ratings_merged') }}

),

superseded as (

    select * from {{ ref('int_ratings_superseded') }}

),

final as (

    select
        user_id,
        movie_id,
        rating,
        rated_at
    from merged
    union all
    select
        user_id,
        movie_id,
        rating,
        rated_at
    from superseded

)

select * from final

{{ config(tags=['unlogged']) }}

with

ratings as (

    select * from {{ ref('stg_movielens__ratings') }}

),

batches as (

    select * from {{ ref('stg_interactions__batches') }}

),

merged as (

    select * from {{ ref('int_ratings_merged') }}

),

-- only a batch takes the place of a rating of the edition
edition as (

    select
        ratings.user_id,
        ratings.movie_id,
        ratings.rating,
        ratings.rated_at,
        cast(null as timestamp) as accepted_at
    from ratings
    inner join merged
        on
            ratings.user_id = merged.user_id
            and ratings.movie_id = merged.movie_id
    where
        merged.source != 'movielens'
        and ratings.rated_at < merged.rated_at
        and ratings.rated_at < {{ as_of() }}

),

accepted as (

    select
        batches.user_id,
        batches.movie_id,
        batches.rating,
        batches.rated_at,
        batches.accepted_at
    from batches
    inner join merged
        on
            batches.user_id = merged.user_id
            and batches.movie_id = merged.movie_id
    where
        batches.rated_at < merged.rated_at
        and (
            batches.rated_at < {{ as_of() }}
            or (batches.source = 'simulation' and {{ in_simulation() }})
        )

),

together as (

    select * from edition
    union all
    select * from accepted

),

-- of equally late ones the one that was accepted later
final as (

    select
        user_id,
        movie_id,
        rating,
        rated_at
    from together
    qualify row_number() over (
        partition by user_id, movie_id, rated_at
        order by accepted_at desc nulls last
    ) = 1

)

select * from final

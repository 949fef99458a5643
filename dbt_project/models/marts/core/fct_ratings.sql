with

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

boundaries as (

    select * from {{ ref('int_split_boundaries') }}

),

final as (

    select
        ratings.user_id,
        ratings.movie_id,
        ratings.rating,
        ratings.rated_at,
        {{ split_of('ratings.rated_at', 'boundaries') }} as split,
        ratings.rating >= {{ var('positive_threshold') }} as is_positive,
        ratings.source
    from ratings
    cross join boundaries

)

select * from final

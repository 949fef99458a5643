with

movies as (

    select * from {{ ref('stg_movielens__movies') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

movie_ratings as (

    select
        movie_id,
        count(*) as n_ratings,
        count(*) filter (where rating >= {{ var('positive_threshold') }})
            as n_positives,
        avg(rating) as mean_rating
    from ratings
    group by movie_id

),

final as (

    select
        movies.movie_id,
        movies.title,
        movies.year,
        movies.genres,
        coalesce(movie_ratings.n_ratings, 0) as n_ratings,
        coalesce(movie_ratings.n_positives, 0) as n_positives,
        movie_ratings.mean_rating
    from movies
    left join movie_ratings
        on movies.movie_id = movie_ratings.movie_id

)

select * from final

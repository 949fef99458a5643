with

movie_genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

movies as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

popularity as (

    select * from {{ ref('int_movies_decayed_by_window') }}
    where half_life_days = {{ var('half_life_days') }}

),

joined as (

    select
        movies.fit_window,
        movie_genres.genre,
        movies.movie_id,
        movies.n_positives,
        popularity.popularity as decayed_popularity
    from movies
    inner join movie_genres
        on movies.movie_id = movie_genres.movie_id
    inner join popularity
        on
            movies.fit_window = popularity.fit_window
            and movies.movie_id = popularity.movie_id

),

final as (

    select
        fit_window,
        genre,
        movie_id,
        n_positives,
        decayed_popularity,
        row_number() over (
            partition by fit_window, genre
            order by
                decayed_popularity desc,
                n_positives desc,
                movie_id asc
        ) as popularity_rank
    from joined

)

select * from final

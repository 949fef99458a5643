with

movies as (

    select * from {{ ref('stg_movielens__movies') }}

),

encoded as (

    select * from {{ ref('int_movies_encoded_by_genre') }}

),

window_movies as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

popularity as (

    select * from {{ ref('int_movies_decayed_by_window') }}
    where half_life_days = {{ var('half_life_days') }}

),

final as (

    select
        window_movies.fit_window,
        window_movies.movie_id,
        movies.year,
        coalesce(encoded.genre_onehot, cast([] as tinyint[])) as genre_onehot,
        window_movies.n_positives,
        popularity.popularity as decayed_popularity,
        percent_rank() over (
            partition by window_movies.fit_window
            order by window_movies.n_positives
        ) as popularity_percentile,
        {{ days_between(
            'window_movies.first_positive_at', 'window_movies.cutoff_at'
        ) }} as days_since_first_positive,
        {{ days_between(
            'window_movies.last_positive_at', 'window_movies.cutoff_at'
        ) }} as days_since_last_positive
    from window_movies
    inner join movies
        on window_movies.movie_id = movies.movie_id
    left join encoded
        on window_movies.movie_id = encoded.movie_id
    inner join popularity
        on
            window_movies.fit_window = popularity.fit_window
            and window_movies.movie_id = popularity.movie_id

)

select * from final

with

movies as (

    select * from {{ ref('stg_movielens__movies') }}

),

movie_genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

genres as (

    select distinct
        genre,
        genre_index
    from movie_genres

),

cells as (

    select
        movies.movie_id,
        genres.genre_index,
        cast(movie_genres.genre is not null as tinyint) as has_genre
    from movies
    cross join genres
    left join movie_genres
        on
            movies.movie_id = movie_genres.movie_id
            and genres.genre_index = movie_genres.genre_index

),

-- the mask holds the same set as bits: overlaps of two movies become integer
-- arithmetic
final as (

    select
        movie_id,
        {{ ordered_list('has_genre', 'genre_index') }} as genre_onehot,
        cast(
            sum(has_genre * cast(power(2, genre_index) as bigint)) as bigint
        ) as genre_mask
    from cells
    group by movie_id

)

select * from final

with

movie_genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

final as (

    select distinct
        genre,
        genre_index
    from movie_genres

)

select * from final

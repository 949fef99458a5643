with

movies as (

    select * from {{ ref('stg_movielens__movies') }}

),

genres as (

    select
        movie_id,
        {{ unnested('genres') }} as genre
    from movies

),

final as (

    select
        movie_id,
        genre,
        cast(dense_rank() over (order by genre) - 1 as integer) as genre_index
    from genres

)

select * from final

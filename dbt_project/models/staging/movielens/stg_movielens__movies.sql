with

source as (

    select * from {{ source('movielens', 'movies') }}

),

renamed as (

    select
        -- ids
        cast(movie_id as integer) as movie_id,

        -- texts
        cast(title as varchar) as title,
        cast(genres as varchar[]) as genres,

        -- numerics
        cast(year as integer) as year

    from source

)

select * from renamed

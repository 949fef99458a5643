with

source as (

    select * from {{ source('movielens', 'ratings') }}

),

renamed as (

    select
        -- ids
        cast(user_id as integer) as user_id,
        cast(movie_id as integer) as movie_id,

        -- numerics
        cast(rating as double) as rating,

        -- timestamps
        cast(rated_at as timestamp) as rated_at

    from source

)

select * from renamed

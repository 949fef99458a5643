with

source as (

    select * from {{ source('interactions', 'batches') }}

),

renamed as (

    select
        -- ids
        cast(batch_id as varchar) as batch_id,
        cast(user_id as integer) as user_id,
        cast(movie_id as integer) as movie_id,

        -- texts
        cast(source as varchar) as source,

        -- numerics
        cast(rating as double) as rating,

        -- timestamps
        cast(rated_at as timestamp) as rated_at,
        cast(accepted_at as timestamp) as accepted_at

    from source

)

select * from renamed

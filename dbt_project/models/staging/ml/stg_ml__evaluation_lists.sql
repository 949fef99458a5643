with

source as (

    select * from {{ source('ml', 'evaluation_lists') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,
        cast(user_id as integer) as user_id,
        cast(movie_id as integer) as movie_id,

        -- texts
        cast(split as varchar) as split,
        cast(population as varchar) as population,

        -- numerics
        cast(position as integer) as position,
        cast(score as double) as score

    from source

)

select * from renamed

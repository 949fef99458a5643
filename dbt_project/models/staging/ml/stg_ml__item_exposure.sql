with

source as (

    select * from {{ source('ml', 'item_exposure') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,
        cast(movie_id as integer) as movie_id,

        -- texts
        cast(split as varchar) as split,

        -- numerics
        cast(n_lists as bigint) as n_lists

    from source

)

select * from renamed

with

source as (

    select * from {{ source('ml', 'item_embeddings') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,
        cast(movie_id as integer) as movie_id,

        -- lists
        cast(embedding as float[]) as embedding

    from source

)

select * from renamed

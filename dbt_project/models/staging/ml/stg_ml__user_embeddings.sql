with

source as (

    select * from {{ source('ml', 'user_embeddings') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,
        cast(user_id as integer) as user_id,

        -- lists
        cast(embedding as float[]) as embedding

    from source

)

select * from renamed

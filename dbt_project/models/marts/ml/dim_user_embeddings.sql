with

user_embeddings as (

    select * from {{ ref('stg_ml__user_embeddings') }}

),

final as (

    select
        model_version,
        user_id,
        embedding
    from user_embeddings

)

select * from final

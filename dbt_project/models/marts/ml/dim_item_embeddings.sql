with

item_embeddings as (

    select * from {{ ref('stg_ml__item_embeddings') }}

),

final as (

    select
        model_version,
        movie_id,
        embedding
    from item_embeddings

)

select * from final

with

item_exposure as (

    select * from {{ ref('stg_ml__item_exposure') }}

),

final as (

    select
        model_version,
        split,
        movie_id,
        n_lists
    from item_exposure

)

select * from final

with

evaluation_lists as (

    select * from {{ ref('stg_ml__evaluation_lists') }}

),

final as (

    select
        model_version,
        split,
        population,
        user_id,
        position,
        movie_id,
        score
    from evaluation_lists

)

select * from final

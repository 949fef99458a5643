with

positives as (

    select * from {{ ref('int_positives_split') }}

),

final as (

    select
        user_id,
        movie_id,
        rating,
        interacted_at,
        split,
        source
    from positives

)

select * from final

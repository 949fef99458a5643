with

positives as (

    select * from {{ ref('int_positives_filtered') }}

),

boundaries as (

    select * from {{ ref('int_split_boundaries') }}

),

final as (

    select
        positives.user_id,
        positives.movie_id,
        positives.rating,
        positives.interacted_at,
        positives.source,
        {{ split_of('positives.interacted_at', 'boundaries') }} as split
    from positives
    cross join boundaries

)

select * from final

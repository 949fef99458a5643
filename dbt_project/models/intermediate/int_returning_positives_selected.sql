with

positives as (

    select * from {{ ref('int_positives_split') }}

),

firsts as (

    select
        user_id,
        min(interacted_at) as first_interacted_at
    from positives
    group by user_id

),

final as (

    select
        positives.user_id,
        positives.movie_id,
        positives.rating,
        positives.interacted_at,
        positives.split
    from positives
    inner join firsts
        on positives.user_id = firsts.user_id
    where
        {{ days_between(
            'firsts.first_interacted_at', 'positives.interacted_at'
        ) }} > {{ var('returning_after_days') }}

)

select * from final

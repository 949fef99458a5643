{% set longest = var('replay_windows_days') | max %}

with

slots as (

    select * from {{ ref('fct_impressions') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

matched as (

    select
        slots.request_id,
        slots.position,
        slots.user_id,
        slots.movie_id,
        slots.endpoint,
        slots.model_version,
        slots.is_fallback,
        slots.requested_at,
        ratings.rated_at as interacted_at,
        {{ days_between('slots.requested_at', 'ratings.rated_at') }}
            as days_after,
        ratings.rating,
        ratings.rating >= {{ var('positive_threshold') }} as is_positive
    from slots
    inner join ratings
        on
            slots.user_id = ratings.user_id
            and slots.movie_id = ratings.movie_id
    where
        ratings.rated_at > slots.requested_at
        and ratings.rated_at
        <= slots.requested_at + interval '{{ longest }}' day

),

-- shown in several requests before it was watched, a movie is credited to the
-- last of them
final as (

    select
        *,
        row_number() over (
            partition by user_id, movie_id
            order by requested_at desc, request_id desc
        ) = 1 as is_counted
    from matched

)

select * from final

{% set longest = var('replay_windows_days') | max %}

with

requests as (

    select * from {{ ref('int_requests_replayable') }}

),

slots as (

    select * from {{ ref('fct_impressions') }}

),

ratings as (

    select * from {{ ref('int_ratings_known') }}

),

windows as (

    {% for days in var('replay_windows_days') %}
        select {{ days }} as window_days
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- what was thought of a movie after it was shown is what was said first
followed as (

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
    qualify row_number() over (
        partition by slots.request_id, slots.position
        order by ratings.rated_at
    ) = 1

),

matched as (

    select
        followed.*,
        windows.window_days,
        requests.is_repeated
    from followed
    inner join requests
        on followed.request_id = requests.request_id
    inner join windows
        on
            requests.longest_window_days >= windows.window_days
            and followed.interacted_at
            <= followed.requested_at
            + windows.window_days * interval '1' day

),

-- shown by a version in several requests before it was rated, a movie is
-- credited to the last of them that is in the figures of the window
final as (

    select
        * exclude (is_repeated),
        not is_repeated
        and row_number() over (
            partition by
                model_version,
                window_days,
                is_repeated,
                user_id,
                movie_id,
                interacted_at
            order by requested_at desc, request_id desc, position asc
        ) = 1 as is_counted
    from matched

)

select * from final

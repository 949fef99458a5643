{% set windows = var('replay_windows_days') %}

with

requests as (

    select * from {{ ref('fct_requests') }}

),

ratings as (

    select * from {{ ref('int_ratings_known') }}

),

known as (

    select max(rated_at) as known_until from ratings

),

users as (

    select
        user_id,
        {{ cluster_of('user_id') }} as cluster
    from requests
    where user_id is not null
    group by user_id

),

answered as (

    select
        *,
        lead(requested_at) over (
            partition by
                user_id,
                model_version,
                endpoint,
                cast(requested_at as date)
            order by requested_at, request_id
        ) as asked_again_at
    from requests
    where
        n_recommended > 0
        and status < 400
        and user_id is not null

),

answered_before_ratings as (

    select
        answered.*,
        ratings.rated_at as rated_next_at
    from answered
    asof left join ratings
        on
            answered.user_id = ratings.user_id
            and answered.requested_at < ratings.rated_at

),

-- the windows are in ascending order: those that are over come first
final as (

    select
        requests.request_id,
        requests.requested_at,
        requests.user_id,
        coalesce(requests.model_version, 'none') as model_version,
        requests.endpoint,
        requests.is_fallback,
        requests.is_explored,
        requests.n_recommended,
        requests.asked_again_at is not null
        and coalesce(
            requests.asked_again_at < requests.rated_next_at, true
        ) as is_repeated,
        users.cluster,
        coalesce(
            {% for days in windows | reverse -%}
                case
                    when
                        requests.requested_at
                        <= known.known_until - interval '{{ days }}' day
                        then {{ days }}
                end,
            {% endfor -%}
            0
        ) as longest_window_days
    from answered_before_ratings as requests
    inner join users
        on requests.user_id = users.user_id
    cross join known

)

select * from final

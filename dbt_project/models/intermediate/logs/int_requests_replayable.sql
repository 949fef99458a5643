{% set windows = var('replay_windows_days') %}

with

requests as (

    select * from {{ ref('fct_requests') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

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
    from requests
    inner join users
        on requests.user_id = users.user_id
    cross join known
    where
        requests.n_recommended > 0
        and requests.status < 400

)

select * from final

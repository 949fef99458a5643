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
        {{ cluster_of('requests.user_id') }} as cluster,
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
    cross join known
    where
        requests.user_id is not null
        and requests.n_recommended > 0
        and requests.status < 400

)

select * from final

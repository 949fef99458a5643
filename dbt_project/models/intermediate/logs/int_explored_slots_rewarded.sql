with

requests as (

    select * from {{ ref('int_requests_replayable') }}
    where is_explored

),

slots as (

    select * from {{ ref('int_explored_slots_weighed') }}

),

matches as (

    select * from {{ ref('fct_replay_matches') }}
    where is_positive

),

windows as (

    {% for days in var('replay_windows_days') %}
        select {{ days }} as window_days
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        slots.request_id,
        slots.position,
        slots.movie_id,
        slots.greedy_movie_id,
        slots.weight,
        slots.weight_before,
        requests.model_version,
        requests.user_id,
        requests.cluster % 2 as fold,
        windows.window_days,
        cast(matches.request_id is not null as integer) as reward
    from requests
    inner join windows
        on requests.longest_window_days >= windows.window_days
    inner join slots
        on requests.request_id = slots.request_id
    left join matches
        on
            slots.request_id = matches.request_id
            and slots.position = matches.position
            and windows.window_days = matches.window_days

)

select * from final

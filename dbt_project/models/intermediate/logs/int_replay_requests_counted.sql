with

requests as (

    select * from {{ ref('int_requests_replayable') }}

),

counted as (

    {% for days in var('replay_windows_days') %}
        select
            model_version,
            {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
            is_fallback,
            {{ days }} as window_days,
            count(*) filter (
                where longest_window_days >= {{ days }} and not is_repeated
            ) as n_requests,
            count(distinct case
                when longest_window_days >= {{ days }} and not is_repeated
                    then user_id
            end) as n_users,
            count(*) filter (
                where longest_window_days < {{ days }} and not is_repeated
            ) as n_censored,
            count(*) filter (where is_repeated) as n_repeats
        from requests
        group by
            grouping sets (
                (model_version),
                (model_version, endpoint, is_fallback)
            )
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select * from counted

)

select * from final

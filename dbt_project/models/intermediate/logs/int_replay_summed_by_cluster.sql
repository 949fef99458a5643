{% set cutoffs = var('metric_cutoffs') %}

with

requests as (

    select * from {{ ref('int_requests_replayable') }}

),

scores as (

    select * from {{ ref('int_requests_scored') }}

),

-- what nobody watched is counted here, and only what somebody did in scores
counted as (

    {% for days in var('replay_windows_days') %}
        select
            model_version,
            endpoint,
            is_fallback,
            {{ days }} as window_days,
            cluster,
            count(*) as n_requests,
            sum(n_recommended) as n_slots
        from requests
        where longest_window_days >= {{ days }} and not is_repeated
        group by model_version, endpoint, is_fallback, cluster
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

scored as (

    select
        requests.model_version,
        requests.endpoint,
        requests.is_fallback,
        scores.window_days,
        requests.cluster,
        sum(scores.n_interactions) as n_interactions,
        {% for k in cutoffs -%}
            sum(scores.n_hits_{{ k }}) as n_hits_{{ k }},
            count(*) filter (where scores.n_hits_{{ k }} > 0)
                as n_hit_requests_{{ k }},
            sum(scores.ndcg_{{ k }}) as ndcg_{{ k }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from scores
    inner join requests
        on scores.request_id = requests.request_id
    group by
        requests.model_version,
        requests.endpoint,
        requests.is_fallback,
        scores.window_days,
        requests.cluster

),

final as (

    select
        counted.model_version,
        counted.endpoint,
        counted.is_fallback,
        counted.window_days,
        counted.cluster,
        counted.n_requests,
        counted.n_slots,
        coalesce(scored.n_interactions, 0) as n_interactions,
        {% for k in cutoffs -%}
            coalesce(scored.n_hits_{{ k }}, 0) as n_hits_{{ k }},
            coalesce(scored.n_hit_requests_{{ k }}, 0)
                as n_hit_requests_{{ k }},
            coalesce(scored.ndcg_{{ k }}, 0) as ndcg_{{ k }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from counted
    left join scored
        on
            {{ same_replay('counted', 'scored') }}
            and counted.cluster = scored.cluster

)

select * from final

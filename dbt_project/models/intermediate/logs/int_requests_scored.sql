{% set cutoffs = var('metric_cutoffs') %}

with

requests as (

    select * from {{ ref('int_requests_replayable') }}

),

matches as (

    select * from {{ ref('fct_replay_matches') }}
    where is_counted

),

ratings as (

    select * from {{ ref('int_ratings_known') }}

),

positions as (

    select
        {{ unnested('range(1, ' ~ cutoffs | max ~ ' + 1)') }} as position

),

ideal_gains as (

    select
        position as n_positives,
        sum(1 / log2(position + 1)) over (order by position) as gain
    from positions

),

credited as (

    select
        requests.request_id,
        requests.user_id,
        requests.requested_at,
        matches.window_days,
        count(*) as n_interactions,
        {% for k in cutoffs -%}
            count(*) filter (
                where matches.is_positive and matches.position <= {{ k }}
            ) as n_hits_{{ k }},
            sum(1 / log2(matches.position + 1)) filter (
                where matches.is_positive and matches.position <= {{ k }}
            ) as gain_{{ k }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from requests
    inner join matches
        on requests.request_id = matches.request_id
    group by
        requests.request_id,
        requests.user_id,
        requests.requested_at,
        matches.window_days

),

followed as (

    select
        credited.request_id,
        credited.window_days,
        ratings.rating
    from credited
    inner join ratings
        on
            credited.user_id = ratings.user_id
            and ratings.rated_at > credited.requested_at
            and ratings.rated_at
            <= credited.requested_at
            + credited.window_days * interval '1' day
    qualify row_number() over (
        partition by
            credited.request_id,
            credited.window_days,
            ratings.movie_id
        order by ratings.rated_at
    ) = 1

),

-- what a perfect list would have held: everything that the user liked within
-- the window
wanted as (

    select
        request_id,
        window_days,
        count(*) as n_positives
    from followed
    where rating >= {{ var('positive_threshold') }}
    group by
        request_id,
        window_days

),

final as (

    select
        credited.request_id,
        credited.window_days,
        credited.n_interactions,
        {% for k in cutoffs -%}
            credited.n_hits_{{ k }},
            cast(coalesce(
                credited.gain_{{ k }} / ideal_{{ k }}.gain, 0
            ) as double) as ndcg_{{ k }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from credited
    left join wanted
        on
            credited.request_id = wanted.request_id
            and credited.window_days = wanted.window_days
    {% for k in cutoffs %}
        left join ideal_gains as ideal_{{ k }}
            on
                ideal_{{ k }}.n_positives
                = least({{ k }}, wanted.n_positives)
    {% endfor %}

)

select * from final

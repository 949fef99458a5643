with

lists as (

    select * from {{ ref('fct_evaluation_lists') }}

),

targets as (

    select * from {{ ref('fct_evaluation_targets') }}

),

evaluated as (

    select distinct
        model_version,
        split,
        population
    from lists

),

-- every user with a target counts, one whose list is empty with zeros
users as (

    select
        evaluated.model_version,
        evaluated.split,
        evaluated.population,
        targets.user_id,
        count(*) as n_targets
    from evaluated
    inner join targets
        on
            evaluated.split = targets.split
            and evaluated.population = targets.population
    group by
        evaluated.model_version,
        evaluated.split,
        evaluated.population,
        targets.user_id

),

hits as (

    select
        lists.model_version,
        lists.split,
        lists.population,
        lists.user_id,
        lists.position,
        1 / log2(lists.position + 1) as gain
    from lists
    inner join targets
        on
            lists.split = targets.split
            and lists.population = targets.population
            and lists.user_id = targets.user_id
            and lists.movie_id = targets.movie_id

),

user_hits as (

    select
        users.model_version,
        users.split,
        users.population,
        users.user_id,
        users.n_targets,
        {% for k in var('metric_cutoffs') -%}
            count(*) filter (where hits.position <= {{ k }}) as n_hits_{{ k }},
            sum(hits.gain) filter (where hits.position <= {{ k }})
                as gain_{{ k }},
        {% endfor -%}
        min(hits.position) as first_position
    from users
    left join hits
        on
            users.model_version = hits.model_version
            and users.split = hits.split
            and users.population = hits.population
            and users.user_id = hits.user_id
    group by
        users.model_version,
        users.split,
        users.population,
        users.user_id,
        users.n_targets

),

cutoff_hits as (

    {% for k in var('metric_cutoffs') %}
        select
            model_version,
            split,
            population,
            user_id,
            n_targets,
            {{ k }} as k,
            n_hits_{{ k }} as n_hits,
            coalesce(gain_{{ k }}, 0) as gain
        from user_hits
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

positions as (

    select
        {{ unnested('range(1, ' ~ var('evaluation_depth') ~ ' + 1)') }}
            as position

),

ideal_gains as (

    select
        position as n_hits,
        sum(1 / log2(position + 1)) over (order by position) as gain
    from positions

),

accuracy as (

    select
        cutoff_hits.*,
        cutoff_hits.n_hits / cutoff_hits.k as precision_at_k,
        cutoff_hits.n_hits / cutoff_hits.n_targets as recall_at_k,
        cutoff_hits.gain / ideal_gains.gain as ndcg_at_k,
        cast(cutoff_hits.n_hits > 0 as integer) as hit_rate_at_k
    from cutoff_hits
    inner join ideal_gains
        on ideal_gains.n_hits = least(cutoff_hits.k, cutoff_hits.n_targets)

),

final as (

    {% for metric in ['precision', 'recall', 'ndcg', 'hit_rate'] %}
        select
            model_version,
            split,
            population,
            user_id,
            '{{ metric }}' as metric,
            k,
            cast({{ metric }}_at_k as double) as value
        from accuracy
        union all
    {% endfor %}
    select
        model_version,
        split,
        population,
        user_id,
        'mrr' as metric,
        cast(null as integer) as k,
        cast(coalesce(1 / first_position, 0) as double) as value
    from user_hits

)

select * from final

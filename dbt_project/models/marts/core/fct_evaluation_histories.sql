with

positives as (

    select * from {{ ref('int_evaluation_positives_ordered') }}

),

new_users as (

    select * from positives
    where
        not is_known_user
        and n_user_positives >= {{ var('new_user_minimum_positives') }}

),

final as (

    {% for size in var('new_user_history_sizes') %}
        select
            split,
            'new_{{ size }}' as population,
            user_id,
            movie_id,
            rating,
            interacted_at
        from new_users
        where sampled_position <= {{ size }}
        union all
        select
            split,
            'first_{{ size }}' as population,
            user_id,
            movie_id,
            rating,
            interacted_at
        from new_users
        where user_position <= {{ size }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final

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

    select
        split,
        'all' as population,
        user_id,
        movie_id
    from positives
    union all
    select
        split,
        'warm' as population,
        user_id,
        movie_id
    from positives
    where is_known_user
    {% for size in var('new_user_history_sizes') %}
        union all
        select
            split,
            'new_{{ size }}' as population,
            user_id,
            movie_id
        from new_users
        where sampled_position > {{ var('new_user_history_sizes') | max }}
        union all
        select
            split,
            'first_{{ size }}' as population,
            user_id,
            movie_id
        from new_users
        where user_position > {{ size }}
    {% endfor %}

)

select * from final

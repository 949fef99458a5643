with

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

pass_0 as (

    select
        user_id,
        movie_id,
        rating,
        rated_at as interacted_at,
        source
    from ratings
    where rating >= {{ var('positive_threshold') }}

),

{% for pass in range(1, var('filter_passes') | int(1) + 1) %}
    {% set before = 'pass_' ~ (pass - 1) %}
    pass_{{ pass }}_users as (

        select user_id
        from {{ before }}
        group by user_id
        having count(*) >= {{ var('minimum_user_positives') }}

    ),

    pass_{{ pass }}_movies as (

        select movie_id
        from {{ before }}
        group by movie_id
        having count(*) >= {{ var('minimum_movie_positives') }}

    ),

    pass_{{ pass }} as (

        select {{ before }}.*
        from {{ before }}
        inner join pass_{{ pass }}_users
            on {{ before }}.user_id = pass_{{ pass }}_users.user_id
        inner join pass_{{ pass }}_movies
            on {{ before }}.movie_id = pass_{{ pass }}_movies.movie_id

    ),

{% endfor %}
final as (

    select * from pass_{{ var('filter_passes') | int(1) }}

)

select * from final

with

rejects as (

    select reason from {{ ref('stg_movielens__rejects') }}
    union all
    select reason from {{ ref('stg_interactions__rejects') }}

),

ratings as (

    select * from {{ ref('fct_ratings') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

catalogue as (

    select * from {{ ref('fct_movie_features') }}

),

targets as (

    select * from {{ ref('fct_evaluation_targets') }}

),

counts as (

    select
        1 as step_index,
        'rejected' as step,
        reason,
        cast(null as varchar) as split,
        cast(null as varchar) as population,
        count(*) as n_rows,
        cast(null as bigint) as n_users,
        cast(null as bigint) as n_movies
    from rejects
    group by reason
    union all
    select
        2 as step_index,
        'valid' as step,
        null as reason,
        null as split,
        null as population,
        count(*) as n_rows,
        count(distinct user_id) as n_users,
        count(distinct movie_id) as n_movies
    from ratings
    union all
    select
        3 as step_index,
        'positive' as step,
        null as reason,
        null as split,
        null as population,
        count(*) as n_rows,
        count(distinct user_id) as n_users,
        count(distinct movie_id) as n_movies
    from ratings
    where is_positive
    union all
    select
        4 as step_index,
        'filtered' as step,
        null as reason,
        null as split,
        null as population,
        count(*) as n_rows,
        count(distinct user_id) as n_users,
        count(distinct movie_id) as n_movies
    from interactions
    union all
    select
        5 as step_index,
        'split' as step,
        null as reason,
        split,
        null as population,
        count(*) as n_rows,
        count(distinct user_id) as n_users,
        count(distinct movie_id) as n_movies
    from interactions
    group by split
    union all
    select
        6 as step_index,
        'cold' as step,
        null as reason,
        interactions.split,
        null as population,
        count(*) as n_rows,
        count(distinct interactions.user_id) as n_users,
        count(distinct interactions.movie_id) as n_movies
    from interactions
    left join catalogue
        on
            {{ fit_window_of('interactions.split') }} = catalogue.fit_window
            and interactions.movie_id = catalogue.movie_id
    where
        interactions.split in ('validation', 'test')
        and catalogue.movie_id is null
    group by interactions.split
    union all
    select
        7 as step_index,
        'asked' as step,
        null as reason,
        split,
        population,
        count(*) as n_rows,
        count(distinct user_id) as n_users,
        count(distinct movie_id) as n_movies
    from targets
    group by split, population

),

final as (

    select * from counts

)

select * from final

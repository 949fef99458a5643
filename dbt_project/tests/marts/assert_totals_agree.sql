-- parts sum to the whole, whichever way they are counted
with

windows as (

    select * from {{ ref('dim_fit_windows') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

expected as (

    select
        windows.fit_window,
        count(interactions.user_id) as n_interactions
    from windows
    left join interactions
        on interactions.interacted_at < windows.cutoff_at
    group by windows.fit_window

),

parts as (

    select
        'dim_fit_windows' as part,
        fit_window,
        n_interactions as n_rows
    from windows
    union all
    select
        'fct_movie_features' as part,
        fit_window,
        sum(n_positives) as n_rows
    from {{ ref('fct_movie_features') }}
    group by fit_window
    union all
    select
        'fct_user_features' as part,
        fit_window,
        sum(n_positives) as n_rows
    from {{ ref('fct_user_features') }}
    group by fit_window
    union all
    select
        'fct_movie_popularity' as part,
        fit_window,
        sum(popularity) as n_rows
    from {{ ref('fct_movie_popularity') }}
    where half_life_days is null
    group by fit_window

),

ratings as (

    select count(*) as n_rows
    from {{ ref('fct_ratings') }}

),

rating_parts as (

    select
        'dim_users' as part,
        sum(n_ratings) as n_rows
    from {{ ref('dim_users') }}
    union all
    select
        'dim_movies' as part,
        sum(n_ratings) as n_rows
    from {{ ref('dim_movies') }}

)

select
    parts.part,
    parts.fit_window,
    parts.n_rows,
    expected.n_interactions as n_expected
from parts
inner join expected
    on parts.fit_window = expected.fit_window
where parts.n_rows <> expected.n_interactions
union all
select
    rating_parts.part,
    'every rating' as fit_window,
    rating_parts.n_rows,
    ratings.n_rows as n_expected
from rating_parts
cross join ratings
where rating_parts.n_rows <> ratings.n_rows

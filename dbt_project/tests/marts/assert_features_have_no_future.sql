-- features of a window equal a count over the rows strictly before its cutoff
with

windows as (

    select * from {{ ref('dim_fit_windows') }}

),

expected_movies as (

    select
        windows.fit_window,
        interactions.movie_id,
        count(*) as n_positives,
        {{ days_between('min(interactions.interacted_at)', 'cutoff_at') }}
            as days_since_first_positive,
        {{ days_between('max(interactions.interacted_at)', 'cutoff_at') }}
            as days_since_last_positive
    from windows
    inner join {{ ref('fct_interactions') }} as interactions
        on interactions.interacted_at < windows.cutoff_at
    group by
        windows.fit_window,
        windows.cutoff_at,
        interactions.movie_id

),

expected_users as (

    select
        windows.fit_window,
        ratings.user_id,
        count(*) as n_ratings,
        avg(ratings.rating) as mean_rating,
        min(ratings.rated_at) as first_rated_at,
        max(ratings.rated_at) as last_rated_at
    from windows
    inner join {{ ref('fct_ratings') }} as ratings
        on ratings.rated_at < windows.cutoff_at
    group by windows.fit_window, ratings.user_id

)

select
    'movie' as entity,
    features.fit_window,
    features.movie_id as entity_id
from {{ ref('fct_movie_features') }} as features
left join expected_movies as expected
    on
        features.fit_window = expected.fit_window
        and features.movie_id = expected.movie_id
where
    (
        features.n_positives = expected.n_positives
        and features.days_since_first_positive
        = expected.days_since_first_positive
        and features.days_since_last_positive
        = expected.days_since_last_positive
    ) is not true
union all
select
    'user' as entity,
    features.fit_window,
    features.user_id as entity_id
from {{ ref('fct_user_features') }} as features
left join expected_users as expected
    on
        features.fit_window = expected.fit_window
        and features.user_id = expected.user_id
where
    (
        features.n_ratings = expected.n_ratings
        and abs(features.mean_rating - expected.mean_rating) < 0.000001
        and features.first_rated_at = expected.first_rated_at
        and features.last_rated_at = expected.last_rated_at
    ) is not true

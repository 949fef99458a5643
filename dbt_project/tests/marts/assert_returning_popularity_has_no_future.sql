-- popularity among returning users equals its definition over the rows
-- strictly before the cutoff, the user's first positive found there as well
with

known as (

    select
        windows.fit_window,
        windows.cutoff_at,
        interactions.movie_id,
        interactions.interacted_at,
        min(interactions.interacted_at) over (
            partition by windows.fit_window, interactions.user_id
        ) as first_interacted_at
    from {{ ref('dim_fit_windows') }} as windows
    inner join {{ ref('fct_interactions') }} as interactions
        on interactions.interacted_at < windows.cutoff_at

),

expected as (

    select
        fit_window,
        movie_id,
        sum(power(
            0.5,
            {{ days_between('interacted_at', 'cutoff_at') }}
            / {{ var('half_life_days') }}
        )) as popularity
    from known
    where
        {{ days_between('first_interacted_at', 'interacted_at') }}
        > {{ var('returning_after_days') }}
    group by fit_window, movie_id

),

actual as (

    select * from {{ ref('fct_returning_popularity') }}
    where half_life_days = {{ var('half_life_days') }}

)

select
    coalesce(actual.fit_window, expected.fit_window) as fit_window,
    coalesce(actual.movie_id, expected.movie_id) as movie_id,
    actual.popularity,
    expected.popularity as expected_popularity
from actual
full outer join expected
    on
        actual.fit_window = expected.fit_window
        and actual.movie_id = expected.movie_id
where
    (
        abs(actual.popularity - expected.popularity)
        <= 0.000000001 * expected.popularity
    ) is not true

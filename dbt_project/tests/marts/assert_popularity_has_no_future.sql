-- popularity as of a cutoff equals its definition over the rows strictly
-- before the cutoff, counted straight from the facts
with

half_lives as (

    select distinct half_life_days
    from {{ ref('fct_movie_popularity') }}

),

expected as (

    select
        windows.fit_window,
        half_lives.half_life_days,
        interactions.movie_id,
        sum(coalesce(power(
            0.5,
            {{ days_between(
                'interactions.interacted_at', 'windows.cutoff_at'
            ) }} / half_lives.half_life_days
        ), 1)) as popularity
    from {{ ref('dim_fit_windows') }} as windows
    inner join {{ ref('fct_interactions') }} as interactions
        on interactions.interacted_at < windows.cutoff_at
    cross join half_lives
    group by
        windows.fit_window,
        half_lives.half_life_days,
        interactions.movie_id

)

select
    coalesce(actual.fit_window, expected.fit_window) as fit_window,
    coalesce(actual.movie_id, expected.movie_id) as movie_id,
    actual.popularity,
    expected.popularity as expected_popularity
from {{ ref('fct_movie_popularity') }} as actual
full outer join expected
    on
        actual.fit_window = expected.fit_window
        and actual.half_life_days is not distinct from expected.half_life_days
        and actual.movie_id = expected.movie_id
where
    (
        abs(actual.popularity - expected.popularity)
        <= 0.000000001 * expected.popularity
    ) is not true

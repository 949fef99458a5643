-- popularity as of a cutoff equals its definition over the rows strictly
-- before the cutoff, counted straight from the facts; what decades have made
-- almost nothing has few digits left to compare
{% set half_lives = var('popularity_half_lives_days') %}

with

weighed as (

    select
        windows.fit_window,
        interactions.movie_id,
        {% for half_life in half_lives %}
            sum(power(
                0.5,
                {{ days_between(
                    'interactions.interacted_at', 'windows.cutoff_at'
                ) }} / {{ half_life }}
            )) as decayed_{{ half_life }},
        {% endfor %}
        count(*) as n_positives
    from {{ ref('dim_fit_windows') }} as windows
    inner join {{ ref('fct_interactions') }} as interactions
        on interactions.interacted_at < windows.cutoff_at
    group by
        windows.fit_window,
        interactions.movie_id

),

expected as (

    select
        fit_window,
        cast(null as integer) as half_life_days,
        movie_id,
        n_positives as popularity
    from weighed
    {% for half_life in half_lives %}
        union all
        select
            fit_window,
            {{ half_life }} as half_life_days,
            movie_id,
            decayed_{{ half_life }} as popularity
        from weighed
    {% endfor %}

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
        <= 0.000000001 * greatest(expected.popularity, 1e-200)
    ) is not true

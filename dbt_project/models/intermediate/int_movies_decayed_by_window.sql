{% set half_lives = var('popularity_half_lives_days') %}

with

positives as (

    select * from {{ ref('int_positives_split') }}

),

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

movies as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

-- The age is counted back from the movie's own last positive and the sums are
-- decimals: they are exact whatever the order of the rows, so that the same
-- data gives the same popularity to the last bit on any number of threads.
sums as (

    select
        movies.fit_window,
        movies.movie_id,
    {% for half_life in half_lives %}
        sum(cast(
            power(
                0.5,
                {{ days_between(
                    'positives.interacted_at', 'movies.last_positive_at'
                ) }} / {{ half_life }}
            ) as decimal(18, 15)
            )) as decayed_{{ half_life }}{{ "," if not loop.last }}
    {% endfor %}
    from positives
    inner join windows
        on positives.split = windows.split
    inner join movies
        on
            windows.fit_window = movies.fit_window
            and positives.movie_id = movies.movie_id
    group by movies.fit_window, movies.movie_id

),

final as (

    select
        fit_window,
        cast(null as integer) as half_life_days,
        movie_id,
        cast(n_positives as double) as popularity
    from movies
    {% for half_life in half_lives %}
        union all
        select
            movies.fit_window,
            {{ half_life }} as half_life_days,
            movies.movie_id,
            cast(sums.decayed_{{ half_life }} as double) * power(
                0.5,
            {{ days_between(
                'movies.last_positive_at', 'movies.cutoff_at'
            ) }} / {{ half_life }}
            ) as popularity
        from movies
        inner join sums
            on
                movies.fit_window = sums.fit_window
                and movies.movie_id = sums.movie_id
    {% endfor %}

)

select * from final

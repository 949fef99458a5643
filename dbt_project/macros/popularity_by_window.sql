{% macro popularity_by_window(positives) -%}
    {% set half_lives = var('popularity_half_lives_days') -%}
    with

    positives as (

        select * from {{ positives }}

    ),

    windows as (

        select * from {{ ref('int_fit_windows_derived') }}

    ),

    last_positives as (

        select
            split,
            movie_id,
            max(interacted_at) as last_positive_at
        from positives
        group by split, movie_id

    ),

    movies as (

        select
            windows.fit_window,
            windows.cutoff_at,
            last_positives.movie_id,
            max(last_positives.last_positive_at) as last_positive_at
        from last_positives
        inner join windows
            on last_positives.split = windows.split
        group by
            windows.fit_window,
            windows.cutoff_at,
            last_positives.movie_id

    ),

    -- Each positive is weighed once, within its split; a window adds up splits.
    -- Ages are counted back from the movie's own last positive among those
    -- weighed, where the weight is 1, and the sums are decimals: they are exact
    -- whatever the order of the rows, so that the same data gives the same
    -- popularity to the last bit on any number of threads.
    split_sums as (

        select
            positives.split,
            positives.movie_id,
            last_positives.last_positive_at,
            {% for half_life in half_lives -%}
            sum(cast(
                power(
                    0.5,
                    {{ days_between(
                        'positives.interacted_at',
                        'last_positives.last_positive_at'
                    ) }} / {{ half_life }}
                ) as decimal(18, 15)
            )) as decayed_{{ half_life }},
            {% endfor -%}
            count(*) as n_positives
        from positives
        inner join last_positives
            on
                positives.split = last_positives.split
                and positives.movie_id = last_positives.movie_id
        group by
            positives.split,
            positives.movie_id,
            last_positives.last_positive_at

    ),

    sums as (

        select
            movies.fit_window,
            movies.movie_id,
            movies.last_positive_at,
            movies.cutoff_at,
            {% for half_life in half_lives -%}
            sum(cast(
                cast(split_sums.decayed_{{ half_life }} as double) * power(
                    0.5,
                    {{ days_between(
                        'split_sums.last_positive_at',
                        'movies.last_positive_at'
                    ) }} / {{ half_life }}
                ) as decimal(38, 15)
            )) as decayed_{{ half_life }},
            {% endfor -%}
            sum(split_sums.n_positives) as n_positives
        from split_sums
        inner join windows
            on split_sums.split = windows.split
        inner join movies
            on
                windows.fit_window = movies.fit_window
                and split_sums.movie_id = movies.movie_id
        group by
            movies.fit_window,
            movies.movie_id,
            movies.last_positive_at,
            movies.cutoff_at

    ),

    final as (

        select
            fit_window,
            cast(null as integer) as half_life_days,
            movie_id,
            cast(n_positives as double) as popularity
        from sums
        {% for half_life in half_lives -%}
        union all
        select
            fit_window,
            {{ half_life }} as half_life_days,
            movie_id,
            cast(decayed_{{ half_life }} as double) * power(
                0.5,
                {{ days_between(
                    'last_positive_at', 'cutoff_at'
                ) }} / {{ half_life }}
            ) as popularity
        from sums
        {% endfor %}

    )

    select * from final
{%- endmacro %}

{{ config(tags=['unlogged']) }}

{% set bins = var('drift_popularity_bins') %}

with

movies as (

    select * from {{ ref('dim_movies') }}

),

popularity as (

    select * from {{ ref('int_movies_summed_by_window') }}
    where fit_window = 'all'

),

genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

counted as (

    select
        movies.movie_id,
        movies.genres,
        coalesce(popularity.n_positives, 0) as n_positives
    from movies
    left join popularity
        on movies.movie_id = popularity.movie_id

),

-- bins hold about as many positives each, from the least to the most popular
-- movies; those without one are by themselves
ranked as (

    select
        movie_id,
        n_positives,
        sum(n_positives) over (order by n_positives, movie_id)
        / nullif(sum(n_positives) over (), 0) as share_up_to_here
    from counted

),

final as (

    select
        'popularity' as mix,
        case
            when n_positives = 0 then 0
            else
                least(
                    {{ bins }},
                    cast(ceil(share_up_to_here * {{ bins }}) as integer)
                )
        end::varchar as category,
        movie_id,
        cast(1 as double) as weight,
        n_positives
    from ranked
    union all
    select
        'genres' as mix,
        coalesce(genres.genre, 'none') as category,
        counted.movie_id,
        1 / greatest(len(counted.genres), 1) as weight,
        counted.n_positives
    from counted
    left join genres
        on counted.movie_id = genres.movie_id

)

select * from final

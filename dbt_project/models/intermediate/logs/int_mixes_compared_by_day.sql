{{ config(materialized='incremental', unique_key='starts_at') }}

{% set bins = var('drift_popularity_bins') %}

with

movies as (

    select * from {{ ref('dim_movies') }}

),

genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

slots as (

    select * from {{ ref('int_slots_counted_by_hour') }}

),

asked as (

    select * from {{ ref('int_movies_asked_for') }}

),

touched as (

    {{ touched_periods('day') }}

),

observed as (

    select
        'recommendation' as side,
        date_trunc('day', starts_at) as starts_at,
        movie_id,
        sum(n_slots) as n
    from slots
    group by date_trunc('day', starts_at), movie_id
    union all
    select
        'request' as side,
        date_trunc('day', requested_at) as starts_at,
        movie_id,
        count(*) as n
    from asked
    group by date_trunc('day', requested_at), movie_id

),

liked as (

    select
        date_trunc('day', rated_at) as rated_on,
        movie_id,
        count(*) as n_positives
    from ratings
    where rating >= {{ var('positive_threshold') }}
    group by date_trunc('day', rated_at), movie_id

),

-- the first of the days that a day's positives are known on
known_from as (

    select
        days.rated_on,
        min(touched.starts_at) as starts_at
    from (select distinct rated_on from liked) as days
    inner join touched
        on days.rated_on < touched.starts_at
    group by days.rated_on

),

added as (

    select
        known_from.starts_at,
        liked.movie_id,
        sum(liked.n_positives) as n_positives
    from liked
    inner join known_from
        on liked.rated_on = known_from.rated_on
    group by known_from.starts_at, liked.movie_id

),

known as (

    select
        touched.starts_at,
        movies.movie_id,
        movies.genres,
        coalesce(sum(added.n_positives) over (
            partition by movies.movie_id
            order by touched.starts_at
        ), 0) as n_positives
    from touched
    cross join movies
    left join added
        on
            touched.starts_at = added.starts_at
            and movies.movie_id = added.movie_id

),

-- bins hold about as many positives each, from the least to the most popular
-- movies; those without one are by themselves
ranked as (

    select
        starts_at,
        movie_id,
        n_positives,
        sum(n_positives) over (
            partition by starts_at
            order by n_positives, movie_id
        ) / nullif(sum(n_positives) over (partition by starts_at), 0)
            as share_up_to_here
    from known

),

placed as (

    select
        starts_at,
        'popularity' as mix,
        cast(case
            when n_positives = 0 then 0
            else
                least(
                    {{ bins }},
                    cast(ceil(share_up_to_here * {{ bins }}) as integer)
                )
        end as varchar) as category,
        movie_id,
        cast(1 as double) as weight,
        n_positives
    from ranked
    union all
    select
        known.starts_at,
        'genres' as mix,
        coalesce(genres.genre, 'none') as category,
        known.movie_id,
        1 / greatest(len(known.genres), 1) as weight,
        known.n_positives
    from known
    left join genres
        on known.movie_id = genres.movie_id

),

liked_before as (

    select
        starts_at,
        mix,
        category,
        sum(n_positives * weight)
        / nullif(
            sum(sum(n_positives * weight)) over (partition by starts_at, mix),
            0
        ) as share
    from placed
    group by starts_at, mix, category

),

counted as (

    select
        observed.side,
        placed.starts_at,
        placed.mix,
        placed.category,
        sum(observed.n * placed.weight) as n
    from observed
    inner join placed
        on
            observed.starts_at = placed.starts_at
            and observed.movie_id = placed.movie_id
    group by
        observed.side,
        placed.starts_at,
        placed.mix,
        placed.category

),

sides as (

    select distinct
        side,
        starts_at,
        mix
    from counted

),

-- every category on every day, those that nobody met included; without a
-- positive before it there is nothing to hold a day against
final as (

    select
        touched.starts_at,
        touched.loaded_at,
        touched.n_loaded,
        sides.side,
        sides.mix,
        liked_before.category,
        liked_before.share as expected,
        coalesce(counted.n, 0) as n
    from sides
    inner join touched
        on sides.starts_at = touched.starts_at
    inner join liked_before
        on
            sides.starts_at = liked_before.starts_at
            and sides.mix = liked_before.mix
    left join counted
        on
            sides.side = counted.side
            and sides.starts_at = counted.starts_at
            and sides.mix = counted.mix
            and liked_before.category = counted.category
    where liked_before.share is not null

)

select * from final

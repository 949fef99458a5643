with

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

boundaries as (

    select * from {{ ref('int_split_boundaries') }}

),

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

split_ratings as (

    select
        ratings.user_id,
        ratings.rating,
        ratings.rated_at,
        {{ split_of('ratings.rated_at', 'boundaries') }} as split
    from ratings
    cross join boundaries

),

by_split as (

    select
        split,
        user_id,
        count(*) as n_ratings,
        sum(rating) as sum_ratings,
        min(rated_at) as first_rated_at,
        max(rated_at) as last_rated_at
    from split_ratings
    group by split, user_id

),

final as (

    select
        windows.fit_window,
        by_split.user_id,
        cast(sum(by_split.n_ratings) as bigint) as n_ratings,
        sum(by_split.sum_ratings) as sum_ratings,
        min(by_split.first_rated_at) as first_rated_at,
        max(by_split.last_rated_at) as last_rated_at
    from by_split
    inner join windows
        on by_split.split = windows.split
    group by windows.fit_window, by_split.user_id

)

select * from final

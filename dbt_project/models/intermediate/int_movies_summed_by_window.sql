with

positives as (

    select * from {{ ref('int_positives_split') }}

),

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

by_split as (

    select
        split,
        movie_id,
        count(*) as n_positives,
        min(interacted_at) as first_positive_at,
        max(interacted_at) as last_positive_at
    from positives
    group by split, movie_id

),

final as (

    select
        windows.fit_window,
        windows.cutoff_at,
        by_split.movie_id,
        cast(sum(by_split.n_positives) as bigint) as n_positives,
        min(by_split.first_positive_at) as first_positive_at,
        max(by_split.last_positive_at) as last_positive_at
    from by_split
    inner join windows
        on by_split.split = windows.split
    group by
        windows.fit_window,
        windows.cutoff_at,
        by_split.movie_id

)

select * from final

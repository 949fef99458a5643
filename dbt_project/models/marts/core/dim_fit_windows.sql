with

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

positives as (

    select * from {{ ref('int_positives_split') }}

),

by_split as (

    select
        split,
        count(*) as n_interactions
    from positives
    group by split

),

final as (

    select
        windows.fit_window,
        windows.cutoff_at,
        cast(coalesce(sum(by_split.n_interactions), 0) as bigint)
            as n_interactions
    from windows
    left join by_split
        on windows.split = by_split.split
    group by windows.fit_window, windows.cutoff_at

)

select * from final

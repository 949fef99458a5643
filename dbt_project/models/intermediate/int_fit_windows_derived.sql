with

boundaries as (

    select * from {{ ref('int_split_boundaries') }}

),

windows as (

    select
        'train' as fit_window,
        validation_starts_at as cutoff_at
    from boundaries
    union all
    select
        'train_validation' as fit_window,
        test_starts_at as cutoff_at
    from boundaries
    union all
    select
        'all' as fit_window,
        data_ends_at as cutoff_at
    from boundaries

),

splits as (

    select
        'train' as split,
        cast(null as timestamp) as starts_at
    union all
    select
        'validation' as split,
        validation_starts_at as starts_at
    from boundaries
    union all
    select
        'test' as split,
        test_starts_at as starts_at
    from boundaries

),

-- a window ends where a split starts, so it holds whole splits
final as (

    select
        windows.fit_window,
        windows.cutoff_at,
        splits.split
    from windows
    inner join splits
        on
            splits.starts_at is null
            or splits.starts_at < windows.cutoff_at

)

select * from final

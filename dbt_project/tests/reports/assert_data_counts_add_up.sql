-- each step holds no more than the one before it, and the splits make a whole
with

counts as (

    select * from {{ ref('rpt_data_counts') }}

),

steps as (

    select
        sum(n_rows) filter (where step = 'valid') as n_valid,
        sum(n_rows) filter (where step = 'positive') as n_positive,
        sum(n_rows) filter (where step = 'filtered') as n_filtered,
        sum(n_rows) filter (where step = 'split') as n_split,
        sum(n_rows) filter (where step = 'split' and split <> 'train')
            as n_evaluated,
        coalesce(sum(n_rows) filter (where step = 'cold'), 0) as n_cold,
        coalesce(
            sum(n_rows) filter (where step = 'asked' and population = 'all'),
            0
        ) as n_asked
    from counts

)

select *
from steps
where
    n_positive > n_valid
    or n_filtered > n_positive
    or n_split <> n_filtered
    or n_asked + n_cold <> n_evaluated

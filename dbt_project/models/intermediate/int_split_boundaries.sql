{% set train_share = var('train_share') | float %}
{% set validation_share = var('validation_share') | float %}

with

positives as (

    select * from {{ ref('int_positives_filtered') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

-- a discrete quantile is the instant of a row, and a split takes what lies
-- strictly before it: equal instants can never fall on both sides
cutoffs as (

    select
        percentile_disc({{ train_share }})
        within group (order by interacted_at) as validation_starts_at,
        percentile_disc({{ (train_share + validation_share) | round(9) }})
        within group (order by interacted_at) as test_starts_at
    from positives

),

-- the last event of any kind, so that a window up to here holds every rating
ends as (

    select max(rated_at) + interval '1' second as data_ends_at
    from ratings

),

final as (

    select
        cutoffs.validation_starts_at,
        cutoffs.test_starts_at,
        ends.data_ends_at
    from cutoffs
    cross join ends

)

select * from final

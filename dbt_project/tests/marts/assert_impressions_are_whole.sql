-- every slot that a request filled is there once: as many, at the same places
with

requests as (

    select * from {{ ref('fct_requests') }}

),

impressions as (

    select * from {{ ref('fct_impressions') }}

),

expected as (

    select
        coalesce(sum(n_recommended), 0) as n_slots,
        coalesce(sum(n_recommended * (n_recommended + 1) / 2), 0) as positions
    from requests

),

found as (

    select
        count(*) as n_slots,
        coalesce(sum(position), 0) as positions
    from impressions

)

select
    expected.n_slots as expected_slots,
    found.n_slots
from expected
cross join found
where
    expected.n_slots != found.n_slots
    or expected.positions != found.positions

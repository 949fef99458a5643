-- which days there are at all, and what is in the period
with

requests as (

    select
        cast(requested_at as date) as day,
        is_simulated
    from marts.fct_requests

)

select
    min(day) as first_day,
    max(day) as last_day,
    count(*) as requests,
    count(*) filter (where day between $first and $last) as requests_in_period,
    count(*) filter (where is_simulated and day between $first and $last)
        as simulated_in_period
from requests

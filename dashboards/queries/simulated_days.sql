select
    cast(min(requested_at) as date) as first_day,
    cast(max(requested_at) as date) as last_day
from marts.fct_requests
where is_simulated

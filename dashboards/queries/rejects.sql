select
    reason,
    count(*) as requests,
    min(requested_at) as first_requested_at,
    max(requested_at) as last_requested_at
from marts.fct_request_rejects
where
    requested_at is null
    or cast(requested_at as date) between $first and $last
group by reason
order by requests desc, reason asc

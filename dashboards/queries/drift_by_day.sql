select
    day,
    subject,
    measure,
    value,
    n,
    status
from reports.rpt_drift
where day between $first and $last
order by day, subject, measure

select
    cast(day as timestamp) as starts_at,
    endpoint,
    kpi,
    value,
    status,
    threshold_breach
from reports.rpt_kpi_daily
where model_version = 'all' and day between $first and $last
order by starts_at, endpoint, kpi

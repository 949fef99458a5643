select
    hour as starts_at,
    endpoint,
    kpi,
    value,
    status,
    threshold_breach
from reports.rpt_kpi_hourly
where
    model_version = 'all'
    and cast(hour as date) between $first and $last
order by starts_at, endpoint, kpi

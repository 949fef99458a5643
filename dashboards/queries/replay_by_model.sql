select
    model_version,
    endpoint,
    is_fallback,
    window_days,
    metric,
    k,
    value,
    ci_low,
    ci_high,
    n_requests,
    n_users,
    n_censored
from reports.rpt_replay_by_model
order by all

select
    model_version,
    window_days,
    policy,
    estimator,
    value,
    standard_error,
    effective_sample_size,
    n_requests
from reports.rpt_off_policy
order by all

select
    model_version,
    other_version,
    window_days,
    metric,
    k,
    difference,
    ci_low,
    ci_high,
    p_better
from reports.rpt_replay_differences
order by all

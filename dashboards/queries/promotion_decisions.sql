select
    decided_at,
    dataset,
    challenger_version,
    champion_version,
    promoted,
    reason,
    metric,
    challenger_value,
    champion_value,
    relative_change,
    ci_low,
    ci_high,
    p_better
from marts.fct_promotion_decisions
order by decided_at desc, challenger_version asc
limit $most

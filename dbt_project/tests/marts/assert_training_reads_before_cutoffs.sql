-- nothing that was fitted has read at or after its own cutoff, and nothing
-- that was tuned has read at or after the start of test
select
    reads.model_version,
    reads.purpose,
    reads.fit_window,
    reads.last_interaction_at,
    windows.cutoff_at
from {{ ref('fct_training_reads') }} as reads
left join {{ ref('dim_fit_windows') }} as windows
    on reads.fit_window = windows.fit_window
cross join {{ ref('int_split_boundaries') }} as boundaries
where
    (
        reads.last_interaction_at < windows.cutoff_at
        and reads.n_interactions <= windows.n_interactions
    ) is not true
    or (
        reads.purpose = 'tuning'
        and reads.last_interaction_at >= boundaries.test_starts_at
    )

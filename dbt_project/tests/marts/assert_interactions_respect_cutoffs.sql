-- no train row at or after the start of validation, no validation row at or
-- after the start of test, and none on the wrong side of its own start
select
    interactions.user_id,
    interactions.movie_id,
    interactions.split,
    interactions.interacted_at
from {{ ref('fct_interactions') }} as interactions
cross join {{ ref('int_split_boundaries') }} as boundaries
where
    (
        interactions.split = 'train'
        and interactions.interacted_at >= boundaries.validation_starts_at
    )
    or (
        interactions.split = 'validation'
        and (
            interactions.interacted_at < boundaries.validation_starts_at
            or interactions.interacted_at >= boundaries.test_starts_at
        )
    )
    or (
        interactions.split = 'test'
        and interactions.interacted_at < boundaries.test_starts_at
    )

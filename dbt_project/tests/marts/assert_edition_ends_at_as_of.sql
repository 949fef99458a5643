-- what was rated from that instant on is unknown to every stage, but for what
-- the running simulation has handed in
select
    user_id,
    movie_id,
    rated_at
from {{ ref('fct_ratings') }}
where
    rated_at >= {{ as_of() }}
    and not (source = 'simulation' and {{ in_simulation() }})

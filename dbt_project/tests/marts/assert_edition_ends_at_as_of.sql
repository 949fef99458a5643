-- what the edition says from that instant on is unknown to every stage
select
    user_id,
    movie_id,
    rated_at
from {{ ref('fct_ratings') }}
where
    source = 'movielens'
    and rated_at >= {{ as_of() }}

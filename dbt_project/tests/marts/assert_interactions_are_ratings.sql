-- a filtered positive is one of the ratings, at the same instant and side
select
    interactions.user_id,
    interactions.movie_id
from {{ ref('fct_interactions') }} as interactions
left join {{ ref('fct_ratings') }} as ratings
    on
        interactions.user_id = ratings.user_id
        and interactions.movie_id = ratings.movie_id
        and interactions.split = ratings.split
        and interactions.interacted_at = ratings.rated_at
        and ratings.is_positive
where ratings.user_id is null

select
    model_version,
    split,
    population,
    user_id,
    movie_id
from {{ ref('fct_evaluation_lists') }}
group by
    model_version,
    split,
    population,
    user_id,
    movie_id
having count(*) > 1

-- counted within each list: grouping by movie as well would make a group of
-- every row
select
    model_version,
    split,
    population,
    user_id
from {{ ref('fct_evaluation_lists') }}
group by
    model_version,
    split,
    population,
    user_id
having list_unique(list(movie_id)) < count(*)

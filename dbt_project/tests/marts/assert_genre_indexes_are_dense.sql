-- genres are numbered 0, 1, 2 ... so that a list can be read by position
select
    count(*) as n_genres,
    count(distinct genre_index) as n_indexes,
    max(genre_index) as last_index
from {{ ref('dim_genres') }}
having
    count(*) <> count(distinct genre_index)
    or max(genre_index) <> count(*) - 1

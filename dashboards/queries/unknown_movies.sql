select
    unknown.movie_id,
    movies.title,
    unknown.requests,
    unknown.first_asked_at,
    unknown.last_asked_at,
    count(*) over () as movies
from reports.rpt_unknown_movies as unknown
left join marts.dim_movies as movies
    on unknown.movie_id = movies.movie_id
order by unknown.requests desc, unknown.movie_id asc
limit $most

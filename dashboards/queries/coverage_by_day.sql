select
    day,
    model_version,
    movies_recommended,
    catalogue_movies,
    coverage,
    gini,
    mean_popularity
from reports.rpt_coverage
where day between $first and $last
order by day, model_version

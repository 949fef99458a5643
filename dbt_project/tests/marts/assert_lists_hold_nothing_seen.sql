-- no list holds a movie that the user had rated before the cutoff or that was
-- folded in, nor one outside the catalogue
with

lists as (

    select
        *,
        {{ fit_window_of('split') }} as fit_window
    from {{ ref('fct_evaluation_lists') }}

)

select
    lists.model_version,
    lists.split,
    lists.population,
    lists.user_id,
    lists.movie_id
from lists
inner join {{ ref('dim_fit_windows') }} as windows
    on lists.fit_window = windows.fit_window
left join {{ ref('fct_ratings') }} as ratings
    on
        lists.user_id = ratings.user_id
        and lists.movie_id = ratings.movie_id
        and windows.cutoff_at > ratings.rated_at
left join {{ ref('fct_evaluation_histories') }} as histories
    on
        lists.split = histories.split
        and lists.population = histories.population
        and lists.user_id = histories.user_id
        and lists.movie_id = histories.movie_id
left join {{ ref('fct_movie_features') }} as catalogue
    on
        lists.fit_window = catalogue.fit_window
        and lists.movie_id = catalogue.movie_id
where
    ratings.user_id is not null
    or histories.user_id is not null
    or catalogue.movie_id is null

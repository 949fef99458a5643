-- a target lies in its split, is no part of the history that was folded in,
-- and its movie is in the catalogue of the fit window
with

targets as (

    select
        *,
        {{ fit_window_of('split') }} as fit_window
    from {{ ref('fct_evaluation_targets') }}

)

select
    targets.split,
    targets.population,
    targets.user_id,
    targets.movie_id
from targets
left join {{ ref('fct_interactions') }} as interactions
    on
        targets.user_id = interactions.user_id
        and targets.movie_id = interactions.movie_id
        and targets.split = interactions.split
left join {{ ref('fct_evaluation_histories') }} as histories
    on
        targets.split = histories.split
        and targets.population = histories.population
        and targets.user_id = histories.user_id
        and targets.movie_id = histories.movie_id
left join {{ ref('fct_movie_features') }} as catalogue
    on
        targets.fit_window = catalogue.fit_window
        and targets.movie_id = catalogue.movie_id
left join {{ ref('fct_user_features') }} as known_users
    on
        targets.fit_window = known_users.fit_window
        and targets.user_id = known_users.user_id
where
    interactions.user_id is null
    or histories.user_id is not null
    or catalogue.movie_id is null
    or (targets.population = 'warm' and known_users.user_id is null)
    or (
        (
            targets.population like 'new%'
            or targets.population like 'first%'
        )
        and known_users.user_id is not null
    )

with

exposure as (

    select * from {{ ref('fct_item_exposure') }}

),

catalogue as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

evaluated as (

    select distinct
        model_version,
        split,
        {{ fit_window_of('split') }} as fit_window
    from exposure

),

-- movies that stand in no list count too
shown as (

    select
        evaluated.model_version,
        evaluated.split,
        catalogue.movie_id,
        coalesce(exposure.n_lists, 0) as n_lists
    from evaluated
    inner join catalogue
        on evaluated.fit_window = catalogue.fit_window
    left join exposure
        on
            evaluated.model_version = exposure.model_version
            and evaluated.split = exposure.split
            and catalogue.movie_id = exposure.movie_id

),

ordered as (

    select
        *,
        row_number() over (
            partition by model_version, split
            order by n_lists, movie_id
        ) as place,
        count(*) over (partition by model_version, split) as n_movies
    from shown

),

final as (

    select
        model_version,
        split,
        count(*) filter (where n_lists > 0) / count(*) as coverage,
        coalesce(
            sum((2 * place - n_movies - 1) * n_lists)
            / nullif(max(n_movies) * sum(n_lists), 0),
            0
        ) as gini
    from ordered
    group by model_version, split

)

select * from final

with

spread as (

    select * from {{ ref('int_slots_spread_by_day') }}
    where endpoint = 'all'

),

kpis as (

    select * from {{ ref('rpt_kpi_daily') }}
    where endpoint = 'all'

),

slots as (

    select * from {{ ref('int_slots_counted_by_hour') }}

),

popularity as (

    select * from {{ ref('int_movies_summed_by_window') }}
    where fit_window = 'all'

),

popularity_shown as (

    select
        date_trunc('day', slots.starts_at) as starts_at,
        {{ all_or('slots.model_version', 'grouping(slots.model_version)') }}
            as model_version,
        sum(slots.n_slots * coalesce(popularity.n_positives, 0))
        / sum(slots.n_slots) as mean_popularity
    from slots
    left join popularity
        on slots.movie_id = popularity.movie_id
    group by grouping sets (
        (date_trunc('day', slots.starts_at)),
        (date_trunc('day', slots.starts_at), slots.model_version)
    )

),

final as (

    select
        cast(spread.starts_at as date) as day,
        spread.model_version,
        spread.n_movies_shown as movies_recommended,
        spread.n_movies_catalogue as catalogue_movies,
        coverage.value as coverage,
        gini.value as gini,
        cast(popularity_shown.mean_popularity as double) as mean_popularity
    from spread
    inner join popularity_shown
        on
            spread.starts_at = popularity_shown.starts_at
            and spread.model_version = popularity_shown.model_version
    {% for alias, kpi in {
        'coverage': 'catalogue_coverage',
        'gini': 'popularity_gini',
    }.items() %}
        inner join kpis as {{ alias }}
            on
                cast(spread.starts_at as date) = {{ alias }}.day
                and spread.model_version = {{ alias }}.model_version
                and {{ alias }}.kpi = '{{ kpi }}'
    {% endfor %}

)

select * from final

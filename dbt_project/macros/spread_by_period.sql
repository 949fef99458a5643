{% macro spread_by_period(period) -%}
    with

    touched as (

        {{ touched_periods(period) }}

    ),

    catalogue as (

        select count(*) as n_movies from {{ ref('dim_movies') }}

    ),

    counted as (

        select
            counted.* exclude (starts_at, loaded_at, n_loaded),
            touched.starts_at,
            touched.loaded_at,
            touched.n_loaded
        from {{ ref('int_slots_counted_by_hour') }} as counted
        inner join touched
            on
                touched.starts_at
                = date_trunc('{{ period }}', counted.starts_at)

    ),

    shown as (

        select
            starts_at,
            loaded_at,
            n_loaded,
            {{ all_or('model_version', 'grouping(model_version)') }}
                as model_version,
            {{ all_or('endpoint', 'grouping(endpoint)') }} as endpoint,
            cast(sum(n_slots) as bigint) as n_slots
        from counted
        group by
            {{ over_versions_and_endpoints(
                'starts_at, loaded_at, n_loaded, movie_id'
            ) }}

    ),

    -- many movies are shown equally often: one row for all of them
    levels as (

        select
            starts_at,
            loaded_at,
            n_loaded,
            model_version,
            endpoint,
            n_slots,
            count(*) as n_movies
        from shown
        group by
            starts_at,
            loaded_at,
            n_loaded,
            model_version,
            endpoint,
            n_slots

    ),

    placed as (

        select
            *,
            sum(n_movies) over by_slots as n_up_to_here,
            sum(n_movies) over whole as n_shown
        from levels
        window
            whole as (partition by starts_at, model_version, endpoint),
            by_slots as (
                partition by starts_at, model_version, endpoint
                order by n_slots
            )

    ),

    -- Gini coefficient over the whole catalogue: with movies in order of their
    -- slots x, the sum of (2 place - n - 1) x over n times the sum of x; the
    -- movies never shown take the first places and add nothing
    final as (

        select
            placed.starts_at,
            placed.loaded_at,
            placed.n_loaded,
            placed.model_version,
            placed.endpoint,
            cast(sum(placed.n_movies) as bigint) as n_movies_shown,
            catalogue.n_movies as n_movies_catalogue,
            cast(sum(placed.n_movies * placed.n_slots) as bigint) as n_slots,
            cast(sum(
                placed.n_slots * placed.n_movies * (
                    2 * (catalogue.n_movies - placed.n_shown)
                    + 2 * placed.n_up_to_here
                    - placed.n_movies
                    - catalogue.n_movies
                )
            ) as double) / (
                catalogue.n_movies * sum(placed.n_movies * placed.n_slots)
            ) as gini
        from placed
        cross join catalogue
        group by
            placed.starts_at,
            placed.loaded_at,
            placed.n_loaded,
            placed.model_version,
            placed.endpoint,
            catalogue.n_movies

    )

    select * from final
{%- endmacro %}

-- the figures that Python logged and those that SQL computed from the stored
-- lists are the same, for every model version whose lists are here: a figure
-- that one side lacks disagrees, too
with

listed_versions as (

    select distinct model_version
    from {{ ref('fct_evaluation_lists') }}

),

logged as (

    select metrics.*
    from {{ ref('fct_model_metrics') }} as metrics
    inner join listed_versions
        on metrics.model_version = listed_versions.model_version
    where metrics.dataset = '{{ dataset_name() }}'

),

recomputed as (

    select figures.*
    from {{ ref('rpt_offline_metrics') }} as figures
    inner join listed_versions
        on figures.model_version = listed_versions.model_version

)

select
    coalesce(recomputed.model_version, logged.model_version) as model_version,
    coalesce(recomputed.split, logged.split) as split,
    coalesce(recomputed.population, logged.population) as population,
    coalesce(recomputed.metric, logged.metric) as metric,
    coalesce(recomputed.k, logged.k) as k,
    recomputed.value as value_in_sql,
    logged.value as value_in_python
from recomputed
full outer join logged
    on
        recomputed.model_version = logged.model_version
        and recomputed.split = logged.split
        and recomputed.population = logged.population
        and recomputed.metric = logged.metric
        and coalesce(recomputed.k, -1) = coalesce(logged.k, -1)
where
    recomputed.n_users is distinct from logged.n_users
    or (
        abs(recomputed.value - logged.value)
        <= {{ var('metric_tolerance') }} * greatest(1, abs(logged.value))
    ) is not true

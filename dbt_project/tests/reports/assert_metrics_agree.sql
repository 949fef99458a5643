-- the figures that Python logged and those that SQL computed from the stored
-- lists are the same, wherever the lists are here
with

logged as (

    select *
    from {{ ref('fct_model_metrics') }}
    where dataset = '{{ dataset_name() }}'

)

select
    recomputed.model_version,
    recomputed.split,
    recomputed.population,
    recomputed.metric,
    recomputed.k,
    recomputed.value as value_in_sql,
    logged.value as value_in_python
from {{ ref('rpt_offline_metrics') }} as recomputed
inner join logged
    on
        recomputed.model_version = logged.model_version
        and recomputed.split = logged.split
        and recomputed.population = logged.population
        and recomputed.metric = logged.metric
        and recomputed.k is not distinct from logged.k
where
    recomputed.n_users <> logged.n_users
    or (
        abs(recomputed.value - logged.value)
        <= {{ var('metric_tolerance') }} * greatest(1, abs(logged.value))
    ) is not true

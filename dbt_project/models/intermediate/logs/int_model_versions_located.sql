{{ config(tags=['unlogged']) }}

with

metrics as (

    select * from {{ ref('stg_ml__model_metrics') }}

),

final as (

    select distinct
        model_version,
        dataset
    from metrics

)

select * from final

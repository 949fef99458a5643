with

model_metrics as (

    select * from {{ ref('stg_ml__model_metrics') }}

),

final as (

    select
        model_version,
        model_name,
        dataset,
        split,
        population,
        metric,
        k,
        value,
        ci_low,
        ci_high,
        n_users
    from model_metrics

)

select * from final

with

source as (

    select * from {{ source('ml', 'model_metrics') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,

        -- texts
        cast(model_name as varchar) as model_name,
        cast(dataset as varchar) as dataset,
        cast(split as varchar) as split,
        cast(population as varchar) as population,
        cast(metric as varchar) as metric,

        -- numerics
        cast(k as integer) as k,
        cast(value as double) as value,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(n_users as integer) as n_users

    from source

)

select * from renamed

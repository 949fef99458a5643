with

source as (

    select * from {{ source('ml', 'promotion_decisions') }}

),

renamed as (

    select
        -- ids
        cast(challenger_version as varchar) as challenger_version,
        cast(champion_version as varchar) as champion_version,

        -- texts
        cast(dataset as varchar) as dataset,
        cast(reason as varchar) as reason,
        cast(metric as varchar) as metric,
        cast(details as varchar) as details,

        -- numerics
        cast(challenger_value as double) as challenger_value,
        cast(champion_value as double) as champion_value,
        cast(relative_change as double) as relative_change,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(p_better as double) as p_better,

        -- booleans
        cast(promoted as boolean) as promoted,

        -- timestamps
        cast(decided_at as timestamp) as decided_at

    from source

)

select * from renamed

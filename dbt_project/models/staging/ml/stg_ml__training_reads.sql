with

source as (

    select * from {{ source('ml', 'training_reads') }}

),

renamed as (

    select
        -- ids
        cast(model_version as varchar) as model_version,

        -- texts
        cast(purpose as varchar) as purpose,
        cast(fit_window as varchar) as fit_window,

        -- numerics
        cast(n_interactions as bigint) as n_interactions,

        -- timestamps
        cast(last_interaction_at as timestamp) as last_interaction_at

    from source

)

select * from renamed

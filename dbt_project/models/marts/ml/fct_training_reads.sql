with

training_reads as (

    select * from {{ ref('stg_ml__training_reads') }}

),

final as (

    select
        model_version,
        purpose,
        fit_window,
        last_interaction_at,
        n_interactions
    from training_reads

)

select * from final

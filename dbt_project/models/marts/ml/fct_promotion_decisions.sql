with

promotion_decisions as (

    select * from {{ ref('stg_ml__promotion_decisions') }}

),

final as (

    select
        decided_at,
        dataset,
        challenger_version,
        champion_version,
        promoted,
        reason,
        metric,
        challenger_value,
        champion_value,
        relative_change,
        ci_low,
        ci_high,
        p_better,
        details
    from promotion_decisions

)

select * from final

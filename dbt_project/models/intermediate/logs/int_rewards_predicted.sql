with

slots as (

    select * from {{ ref('int_explored_slots_rewarded') }}

),

folds as (

    select 0 as fold
    union all
    select 1 as fold

),

-- learnt from the users of the other fold, so that nobody's own reward is in
-- the prediction for them
learnt as (

    select
        folds.fold,
        slots.model_version,
        slots.window_days,
        slots.movie_id,
        sum(slots.reward) as n_rewards,
        count(*) as n_slots
    from slots
    inner join folds
        on slots.fold != folds.fold
    group by
        folds.fold,
        slots.model_version,
        slots.window_days,
        slots.movie_id

),

final as (

    select
        fold,
        model_version,
        window_days,
        movie_id,
        (
            n_rewards + {{ var('reward_prior_slots') }}
            * sum(n_rewards) over everything / sum(n_slots) over everything
        ) / (n_slots + {{ var('reward_prior_slots') }}) as predicted_reward
    from learnt
    window everything as (partition by fold, model_version, window_days)

)

select * from final

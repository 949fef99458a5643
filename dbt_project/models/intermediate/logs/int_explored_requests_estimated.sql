with

slots as (

    select * from {{ ref('int_explored_slots_rewarded') }}

),

predictions as (

    select * from {{ ref('int_rewards_predicted') }}

),

predicted as (

    select
        slots.*,
        coalesce(predictions.predicted_reward, 0) as predicted_reward
    from slots
    left join predictions
        on
            slots.fold = predictions.fold
            and slots.model_version = predictions.model_version
            and slots.window_days = predictions.window_days
            and slots.greedy_movie_id = predictions.movie_id

),

-- a slot whose weight is not zero shows what the greedy policy would, so the
-- prediction for the one is the prediction for the other
final as (

    select
        model_version,
        window_days,
        request_id,
        user_id,
        avg(reward) as logged_reward,
        avg(weight) as weight,
        avg(weight * reward) as weighted_reward,
        avg(
            weight_before * predicted_reward
            + weight * (reward - predicted_reward)
        ) as doubly_robust_reward
    from predicted
    group by
        model_version,
        window_days,
        request_id,
        user_id

)

select * from final

{# estimator: (policy, what is summed up, over the sum of what) #}
{% set estimators = {
    'mean': ('logged', 'logged_reward', '1'),
    'ips': ('greedy', 'weighted_reward', '1'),
    'snips': ('greedy', 'weighted_reward', 'weight'),
    'doubly_robust': ('greedy', 'doubly_robust_reward', '1'),
} %}

with

requests as (

    select * from {{ ref('int_explored_requests_estimated') }}

),

-- requests of one user are not independent: the error goes by users
users as (

    {% for estimator, (policy, reward, weight) in estimators.items() %}
        select
            model_version,
            window_days,
            '{{ policy }}' as policy,
            '{{ estimator }}' as estimator,
            user_id,
            count(*) as n_requests,
            sum({{ reward }}) as reward,
            sum({{ weight }}) as normaliser,
            {% if policy == 'logged' -%}
                count(*) as importance,
                count(*) as squared_importance
            {%- else -%}
                sum(weight) as importance,
                sum(weight * weight) as squared_importance
            {%- endif %}
        from requests
        group by model_version, window_days, user_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

estimates as (

    select
        model_version,
        window_days,
        policy,
        estimator,
        sum(reward) / nullif(sum(normaliser), 0) as value,
        sum(normaliser) as normaliser,
        power(sum(importance), 2) / nullif(sum(squared_importance), 0)
            as effective_sample_size,
        sum(n_requests) as n_requests
    from users
    group by
        model_version,
        window_days,
        policy,
        estimator

),

final as (

    select
        estimates.model_version,
        estimates.window_days,
        estimates.policy,
        estimates.estimator,
        estimates.value,
        sqrt(sum(power(users.reward - estimates.value * users.normaliser, 2)))
        / nullif(estimates.normaliser, 0) as standard_error,
        coalesce(estimates.effective_sample_size, 0) as effective_sample_size,
        cast(estimates.n_requests as bigint) as n_requests
    from estimates
    inner join users
        on
            estimates.model_version = users.model_version
            and estimates.window_days = users.window_days
            and estimates.estimator = users.estimator
    group by
        estimates.model_version,
        estimates.window_days,
        estimates.policy,
        estimates.estimator,
        estimates.value,
        estimates.normaliser,
        estimates.effective_sample_size,
        estimates.n_requests

)

select * from final

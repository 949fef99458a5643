with

scores as (

    select * from {{ ref('int_evaluation_users_scored') }}

),

descriptions as (

    select * from {{ ref('int_evaluation_lists_described') }}

),

exposure as (

    select * from {{ ref('int_item_exposure_summarised') }}

),

users as (

    select * from {{ ref('fct_user_features') }}

),

known_users as (

    select
        fit_window,
        count(*) as n_users
    from users
    group by fit_window

),

per_user as (

    select * from scores
    union all
    select * from descriptions

),

means as (

    select
        model_version,
        split,
        population,
        metric,
        k,
        avg(value) as value,
        count(*) as n_users
    from per_user
    group by
        model_version,
        split,
        population,
        metric,
        k

),

over_all_lists as (

    {% for metric in ['coverage', 'gini'] %}
        select
            exposure.model_version,
            exposure.split,
            'known' as population,
            '{{ metric }}' as metric,
            {{ var('evaluation_depth') }} as k,
            cast(exposure.{{ metric }} as double) as value,
            known_users.n_users
        from exposure
        inner join known_users
            on {{ fit_window_of('exposure.split') }} = known_users.fit_window
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

figures as (

    select * from means
    union all
    select * from over_all_lists

),

-- a version is the model's name, a dash and a fingerprint
final as (

    select
        model_version,
        regexp_replace(model_version, '-[^-]*$', '') as model_name,
        '{{ dataset_name() }}' as dataset,
        split,
        population,
        metric,
        k,
        value,
        cast(n_users as integer) as n_users
    from figures

)

select * from final

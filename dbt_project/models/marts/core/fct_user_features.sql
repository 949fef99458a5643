with

profiles as (

    select * from {{ ref('int_users_profiled_by_genre') }}

),

users as (

    select * from {{ ref('int_users_summed_by_window') }}

),

final as (

    select
        profiles.fit_window,
        profiles.user_id,
        users.n_ratings,
        profiles.n_positives,
        users.sum_ratings / users.n_ratings as mean_rating,
        profiles.genre_profile,
        users.first_rated_at,
        users.last_rated_at,
        {{ days_between('users.first_rated_at', 'users.last_rated_at') }}
            as activity_days
    from profiles
    inner join users
        on
            profiles.fit_window = users.fit_window
            and profiles.user_id = users.user_id

)

select * from final

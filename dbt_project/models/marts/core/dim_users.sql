with

users as (

    select * from {{ ref('stg_movielens__users') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

user_ratings as (

    select
        user_id,
        count(*) as n_ratings,
        count(*) filter (where rating >= {{ var('positive_threshold') }})
            as n_positives,
        min(rated_at) as first_rated_at,
        max(rated_at) as last_rated_at
    from ratings
    group by user_id

),

-- most editions describe no users, and some describe users without a rating
final as (

    select
        coalesce(users.user_id, user_ratings.user_id) as user_id,
        users.age,
        users.gender,
        users.occupation,
        users.zip_code,
        coalesce(user_ratings.n_ratings, 0) as n_ratings,
        coalesce(user_ratings.n_positives, 0) as n_positives,
        user_ratings.first_rated_at,
        user_ratings.last_rated_at
    from users
    full outer join user_ratings
        on users.user_id = user_ratings.user_id

)

select * from final

with

requests as (

    select * from {{ ref('fct_requests') }}

),

ratings as (

    select * from {{ ref('int_ratings_merged') }}

),

first_ratings as (

    select
        user_id,
        min(rated_at) as first_rated_at
    from ratings
    group by user_id

),

final as (

    select
        date_trunc('hour', requests.requested_at) as starts_at,
        coalesce(requests.model_version, 'none') as model_version,
        requests.endpoint,
        count(*) as n_named,
        count(*) filter (
            where
            first_ratings.first_rated_at is null
            or first_ratings.first_rated_at >= requests.requested_at
        ) as n_new
    from requests
    left join first_ratings
        on requests.user_id = first_ratings.user_id
    where requests.user_id is not null
    group by
        date_trunc('hour', requests.requested_at),
        coalesce(requests.model_version, 'none'),
        requests.endpoint

)

select * from final

with

asked as (

    select * from {{ ref('int_movies_asked_for') }}

),

known as (

    select * from {{ ref('int_movies_summed_by_window') }}
    where fit_window = 'all'

),

unknown as (

    select asked.*
    from asked
    left join known
        on asked.movie_id = known.movie_id
    where known.movie_id is null

),

final as (

    select
        movie_id,
        count(*) as requests,
        min(requested_at) as first_asked_at,
        max(requested_at) as last_asked_at
    from unknown
    group by movie_id

)

select * from final

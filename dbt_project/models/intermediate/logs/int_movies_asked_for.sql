with

requests as (

    select * from {{ ref('fct_requests') }}

),

asked as (

    select
        request_id,
        requested_at,
        {{ unnested('list_append(asked_movie_ids, unknown_movie_id)') }}
            as movie_id
    from requests
    where len(asked_movie_ids) > 0 or unknown_movie_id is not null

),

-- the log names the first unknown movie of a request twice: in a column and in
-- the question
final as (

    select distinct
        request_id,
        requested_at,
        movie_id
    from asked
    where movie_id is not null

)

select * from final

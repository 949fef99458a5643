with

requests as (

    select * from {{ ref('int_requests_replayable') }}
    where is_explored

),

slots as (

    select * from {{ ref('fct_impressions') }}

),

-- chance that the greedy policy had shown the list up to a slot, over the
-- chance that the serving one had
weighed as (

    select
        slots.request_id,
        slots.position,
        slots.movie_id,
        slots.greedy_movie_id,
        min(cast(slots.movie_id = slots.greedy_movie_id as integer))
            over up_to_here
        * exp(-sum(ln(slots.propensity)) over up_to_here) as weight
    from slots
    inner join requests
        on slots.request_id = requests.request_id
    window up_to_here as (
        partition by slots.request_id
        order by slots.position
    )

),

final as (

    select
        *,
        lag(weight, 1, 1.0) over (
            partition by request_id
            order by position
        ) as weight_before
    from weighed

)

select * from final

with

popularity as (

    select * from {{ ref('int_returning_decayed_by_window') }}

),

final as (

    select
        fit_window,
        half_life_days,
        movie_id,
        popularity,
        row_number() over (
            partition by fit_window, half_life_days
            order by popularity desc, movie_id asc
        ) as popularity_rank
    from popularity

)

select * from final

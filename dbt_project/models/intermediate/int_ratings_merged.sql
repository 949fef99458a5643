with

ratings as (

    select * from {{ ref('stg_movielens__ratings') }}

),

batches as (

    select * from {{ ref('stg_interactions__batches') }}

),

edition as (

    select
        user_id,
        movie_id,
        rating,
        rated_at,
        'movielens' as source
    from ratings
    where rated_at < {{ as_of() }}

),

-- what the running simulation has handed in is what has become known since its
-- instant; other batches are bounded by it as the edition is
known as (

    select *
    from batches
    where
        rated_at < {{ as_of() }}
        or (source = 'simulation' and {{ in_simulation() }})

),

-- a person's last word on a movie counts; of equally late ones the one that
-- was accepted later, and any batch was accepted later than the edition
latest as (

    select
        user_id,
        movie_id,
        rating,
        rated_at,
        source
    from known
    qualify row_number() over (
        partition by user_id, movie_id
        order by rated_at desc, accepted_at desc
    ) = 1

),

edition_kept as (

    select edition.*
    from edition
    left join latest
        on
            edition.user_id = latest.user_id
            and edition.movie_id = latest.movie_id
            and edition.rated_at <= latest.rated_at
    where latest.user_id is null

),

latest_kept as (

    select latest.*
    from latest
    left join edition
        on
            latest.user_id = edition.user_id
            and latest.movie_id = edition.movie_id
            and latest.rated_at < edition.rated_at
    where edition.user_id is null

),

final as (

    select * from edition_kept
    union all
    select * from latest_kept

)

select * from final

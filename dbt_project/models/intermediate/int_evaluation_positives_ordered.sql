with

positives as (

    select * from {{ ref('int_positives_split') }}

),

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

catalogue as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

known_users as (

    select distinct
        windows.fit_window,
        positives.user_id
    from positives
    inner join windows
        on positives.split = windows.split

),

evaluated as (

    select
        *,
        {{ fit_window_of('split') }} as fit_window
    from positives
    where split in ('validation', 'test')

),

-- a movie without a positive in the fit window is in nobody's catalogue: it
-- can neither be recommended nor folded in
in_catalogue as (

    select
        evaluated.*,
        known_users.user_id is not null as is_known_user
    from evaluated
    inner join catalogue
        on
            evaluated.fit_window = catalogue.fit_window
            and evaluated.movie_id = catalogue.movie_id
    left join known_users
        on
            evaluated.fit_window = known_users.fit_window
            and evaluated.user_id = known_users.user_id

),

-- only new users need an order, and they are few: a sample of their positives,
-- or their first ones, become the history that is folded in; the sample goes by
-- a digest, so that it is the same on every machine and engine
ordered as (

    select
        split,
        user_id,
        movie_id,
        rating,
        interacted_at,
        is_known_user,
        row_number() over (
            partition by split, user_id
            order by interacted_at, movie_id
        ) as user_position,
        row_number() over (
            partition by split, user_id
            order by md5(concat(user_id, '-', movie_id)), movie_id
        ) as sampled_position,
        count(*) over (partition by split, user_id) as n_user_positives
    from in_catalogue
    where not is_known_user

),

final as (

    select
        split,
        user_id,
        movie_id,
        rating,
        interacted_at,
        is_known_user,
        user_position,
        sampled_position,
        n_user_positives
    from ordered
    union all
    select
        split,
        user_id,
        movie_id,
        rating,
        interacted_at,
        is_known_user,
        cast(null as bigint) as user_position,
        cast(null as bigint) as sampled_position,
        cast(null as bigint) as n_user_positives
    from in_catalogue
    where is_known_user

)

select * from final

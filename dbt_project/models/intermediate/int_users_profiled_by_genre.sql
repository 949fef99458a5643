with

positives as (

    select * from {{ ref('int_positives_split') }}

),

movie_genres as (

    select * from {{ ref('int_movies_unnested_to_genres') }}

),

windows as (

    select * from {{ ref('int_fit_windows_derived') }}

),

genres as (

    select distinct genre_index
    from movie_genres

),

positives_by_split as (

    select
        split,
        user_id,
        count(*) as n_positives
    from positives
    group by split, user_id

),

genres_by_split as (

    select
        positives.split,
        positives.user_id,
        movie_genres.genre_index,
        count(*) as n_positives
    from positives
    inner join movie_genres
        on positives.movie_id = movie_genres.movie_id
    group by
        positives.split,
        positives.user_id,
        movie_genres.genre_index

),

users as (

    select
        windows.fit_window,
        positives_by_split.user_id,
        cast(sum(positives_by_split.n_positives) as bigint) as n_positives
    from positives_by_split
    inner join windows
        on positives_by_split.split = windows.split
    group by windows.fit_window, positives_by_split.user_id

),

user_genres as (

    select
        windows.fit_window,
        genres_by_split.user_id,
        genres_by_split.genre_index,
        cast(sum(genres_by_split.n_positives) as double) as n_positives
    from genres_by_split
    inner join windows
        on genres_by_split.split = windows.split
    group by
        windows.fit_window,
        genres_by_split.user_id,
        genres_by_split.genre_index

),

totals as (

    select
        fit_window,
        user_id,
        sum(n_positives) as n_genre_positives
    from user_genres
    group by fit_window, user_id

),

cells as (

    select
        totals.fit_window,
        totals.user_id,
        genres.genre_index,
        coalesce(user_genres.n_positives / totals.n_genre_positives, 0)
            as share
    from totals
    cross join genres
    left join user_genres
        on
            totals.fit_window = user_genres.fit_window
            and totals.user_id = user_genres.user_id
            and genres.genre_index = user_genres.genre_index

),

profiles as (

    select
        fit_window,
        user_id,
        {{ ordered_list('share', 'genre_index') }} as genre_profile
    from cells
    group by fit_window, user_id

),

-- who liked nothing but movies without a genre has no profile
final as (

    select
        users.fit_window,
        users.user_id,
        users.n_positives,
        coalesce(profiles.genre_profile, cast([] as double[]))
            as genre_profile
    from users
    left join profiles
        on
            users.fit_window = profiles.fit_window
            and users.user_id = profiles.user_id

)

select * from final

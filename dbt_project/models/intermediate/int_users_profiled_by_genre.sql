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

    select count(distinct genre_index) as n_genres
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

counted as (

    select
        split,
        user_id,
        map_from_entries(list((genre_index, n_positives))) as genre_counts
    from genres_by_split
    group by split, user_id

),

joined as (

    select
        positives_by_split.split,
        positives_by_split.user_id,
        positives_by_split.n_positives,
        counted.genre_counts,
        genres.n_genres
    from positives_by_split
    cross join genres
    left join counted
        on
            positives_by_split.split = counted.split
            and positives_by_split.user_id = counted.user_id

),

-- Lists as long as there are genres, made once a split: a row for each user,
-- window and genre would not fit in memory on a large edition.
listed as (

    select
        split,
        user_id,
        n_positives,
        list_transform(
            range(n_genres),
            lambda place: coalesce(genre_counts[place], 0)
        ) as genre_counts
    from joined

),

users as (

    select
        windows.fit_window,
        listed.user_id,
        cast(sum(listed.n_positives) as bigint) as n_positives,
        list(listed.genre_counts) as split_counts
    from listed
    inner join windows
        on listed.split = windows.split
    group by windows.fit_window, listed.user_id

),

summed as (

    select
        fit_window,
        user_id,
        n_positives,
        list_transform(
            range(1, len(split_counts[1]) + 1),
            lambda place: list_sum(
                list_transform(
                    split_counts,
                    lambda genre_counts: genre_counts[place]
                )
            )
        ) as genre_counts
    from users

),

totals as (

    select
        *,
        list_sum(genre_counts) as n_genre_positives
    from summed

),

-- who liked nothing but movies without a genre has no profile
final as (

    select
        fit_window,
        user_id,
        n_positives,
        case
            when n_genre_positives > 0
                then list_transform(
                    genre_counts,
                    lambda genre_count: genre_count / n_genre_positives
                )
            else cast([] as double[])
        end as genre_profile
    from totals

)

select * from final

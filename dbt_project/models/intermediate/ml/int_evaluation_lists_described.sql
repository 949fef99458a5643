{% set k = var('beyond_accuracy_cutoff') %}

with

lists as (

    select * from {{ ref('fct_evaluation_lists') }}

),

movies as (

    select * from {{ ref('int_movies_summed_by_window') }}

),

windows as (

    select * from {{ ref('dim_fit_windows') }}

),

genres as (

    select * from {{ ref('int_movies_encoded_by_genre') }}

),

tops as (

    select
        lists.model_version,
        lists.split,
        lists.population,
        lists.user_id,
        lists.position,
        lists.movie_id,
        {{ fit_window_of('lists.split') }} as fit_window,
        coalesce(genres.genre_mask, 0) as genre_mask
    from lists
    left join genres
        on lists.movie_id = genres.movie_id
    where lists.position <= {{ k }}

),

popularity as (

    select
        tops.model_version,
        tops.split,
        tops.population,
        tops.user_id,
        avg(-log2(movies.n_positives / windows.n_interactions)) as novelty,
        avg(movies.n_positives) as mean_popularity
    from tops
    inner join windows
        on tops.fit_window = windows.fit_window
    inner join movies
        on
            tops.fit_window = movies.fit_window
            and tops.movie_id = movies.movie_id
    group by
        tops.model_version,
        tops.split,
        tops.population,
        tops.user_id

),

-- without a genre on either side nothing is shared: the pair is as diverse as
-- two movies can be
pairs as (

    select
        firsts.model_version,
        firsts.split,
        firsts.population,
        firsts.user_id,
        1 - coalesce(
            bit_count(firsts.genre_mask & seconds.genre_mask) / nullif(
                bit_count(firsts.genre_mask | seconds.genre_mask), 0
            ),
            0
        ) as distance
    from tops as firsts
    inner join tops as seconds
        on
            firsts.model_version = seconds.model_version
            and firsts.split = seconds.split
            and firsts.population = seconds.population
            and firsts.user_id = seconds.user_id
            and firsts.position < seconds.position

),

diversity as (

    select
        model_version,
        split,
        population,
        user_id,
        avg(distance) as diversity
    from pairs
    group by
        model_version,
        split,
        population,
        user_id

),

final as (

    {% for metric in ['novelty', 'mean_popularity'] %}
        select
            model_version,
            split,
            population,
            user_id,
            '{{ metric }}' as metric,
            {{ k }} as k,
            {{ metric }} as value
        from popularity
        union all
    {% endfor %}
    select
        model_version,
        split,
        population,
        user_id,
        'diversity' as metric,
        {{ k }} as k,
        diversity as value
    from diversity

)

select * from final

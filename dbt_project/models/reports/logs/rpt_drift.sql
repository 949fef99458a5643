with

categories as (

    select * from {{ ref('int_movies_placed_in_categories') }}

),

slots as (

    select * from {{ ref('int_slots_counted_by_hour') }}

),

asked as (

    select * from {{ ref('int_movies_asked_for') }}

),

thresholds as (

    select * from {{ ref('kpi_thresholds') }}

),

observed as (

    select
        'recommendation' as side,
        cast(starts_at as date) as day,
        movie_id,
        sum(n_slots) as n
    from slots
    group by cast(starts_at as date), movie_id
    union all
    select
        'request' as side,
        cast(requested_at as date) as day,
        movie_id,
        count(*) as n
    from asked
    group by cast(requested_at as date), movie_id

),

trained_on as (

    select
        mix,
        category,
        sum(n_positives * weight)
        / nullif(sum(sum(n_positives * weight)) over (partition by mix), 0)
            as share
    from categories
    group by mix, category

),

counted as (

    select
        observed.side,
        observed.day,
        categories.mix,
        categories.category,
        sum(observed.n * categories.weight) as n
    from observed
    inner join categories
        on observed.movie_id = categories.movie_id
    group by
        observed.side,
        observed.day,
        categories.mix,
        categories.category

),

days as (

    select distinct
        side,
        day,
        mix
    from counted

),

-- every category on every day, those that nobody met included
compared as (

    select
        days.side,
        days.day,
        days.mix,
        trained_on.share as expected,
        coalesce(counted.n, 0) / sum(counted.n) over (
            partition by days.side, days.day, days.mix
        ) as actual
    from days
    inner join trained_on
        on days.mix = trained_on.mix
    left join counted
        on
            days.side = counted.side
            and days.day = counted.day
            and days.mix = counted.mix
            and trained_on.category = counted.category

),

measured as (

    select
        day,
        side || '_' || mix as subject,
        {{ population_stability_index('expected', 'actual') }} as psi,
        {{ jensen_shannon_divergence('expected', 'actual') }} as js
    from compared
    group by day, side, mix

),

long as (

    {% for measure in ['psi', 'js'] %}
        select
            day,
            subject,
            '{{ measure }}' as measure,
            {{ measure }} as value
        from measured
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        long.day,
        long.subject,
        long.measure,
        long.value,
        {{ status_of('long.value', 'thresholds') }} as status
    from long
    left join thresholds
        on
            long.measure = thresholds.kpi
            and long.subject = thresholds.scope
    where long.value is not null

)

select * from final

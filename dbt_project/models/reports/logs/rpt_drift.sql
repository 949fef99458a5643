with

compared as (

    select * from {{ ref('int_mixes_compared_by_day') }}

),

thresholds as (

    select * from {{ ref('kpi_thresholds') }}

),

shared as (

    select
        starts_at,
        side,
        mix,
        expected,
        n,
        n / sum(n) over (partition by starts_at, side, mix) as actual
    from compared

),

measured as (

    select
        cast(starts_at as date) as day,
        side || '_' || mix as subject,
        cast(round(sum(n)) as bigint) as n,
        {{ population_stability_index('expected', 'actual') }} as psi,
        {{ jensen_shannon_divergence('expected', 'actual') }} as js
    from shared
    group by starts_at, side, mix

),

long as (

    {% for measure in ['psi', 'js'] %}
        select
            day,
            subject,
            '{{ measure }}' as measure,
            {{ measure }} as value,
            n
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
        long.n,
        case
            when long.n >= {{ var('drift_least_observations') }}
                then {{ status_of('long.value', 'thresholds') }}
        end as status
    from long
    left join thresholds
        on
            long.measure = thresholds.kpi
            and long.subject = thresholds.scope

)

select * from final

-- noqa: disable=LT02
{{ config(
    materialized='incremental',
    unique_key='request_id',
    incremental_predicates=[loaded_by_this_build()],
    on_schema_change='fail'
) }}

{% set logs = [
    source('operational', 'request_logs'),
    source('archive', 'archived_request_logs'),
] %}
{% set columns = [
    'request_id',
    'timestamp',
    'user_id',
    'endpoint',
    'model_version',
    'recommendations',
    'scores',
    'latency_ms',
    'status',
    'is_fallback',
    'fallback_reason',
    'k',
    'strategy',
    'unknown_movie_id',
    'propensities',
    'request',
    'is_simulated',
    'greedy',
] %}
{% set since = unloaded_since(logs) if is_incremental() else none %}
{% set unread = [] %}
{% for log in logs %}
    {% do unread.append(logged_since(log, since) if since else log) %}
{% endfor %}

with

-- as text, whichever database and type it comes from; what has just been
-- archived may be in the store too
logged as (

    {% for log in unread %}
        select
            {% for column in columns -%}
                cast(log.{{ column }} as varchar) as {{ column }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from {{ log }} as log
        where
            {{ 'false' if is_incremental() and not since else 'true' }}
            {% if not loop.first %}
                and not exists (
                    select 1
                    from {{ unread[0] }} as kept
                    where kept.request_id = log.request_id
                )
            {% endif %}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

source as (

    select * from logged
    {% if is_incremental() %}
        where not exists (
            select 1
            from {{ this }} as loaded
            where loaded.request_id = logged.request_id
        )
    {% endif %}

),

renamed as (

    select
        -- ids
        request_id,
        try_cast(user_id as bigint) as user_id,
        model_version,
        try_cast(unknown_movie_id as bigint) as unknown_movie_id,

        -- texts
        endpoint,
        fallback_reason,
        strategy,

        -- numerics
        try_cast(status as integer) as status,
        try_cast(latency_ms as double) as latency_ms,
        try_cast(k as integer) as k,

        -- booleans
        try_cast(is_fallback as boolean) as is_fallback,
        coalesce(try_cast(is_simulated as boolean), false) as is_simulated,

        -- lists
        {{ list_from_json('recommendations', 'integer') }} as movie_ids,
        {{ list_from_json('scores', 'double') }} as scores,
        {{ list_from_json('propensities', 'double') }} as propensities,
        {{ list_from_json('greedy', 'integer') }} as greedy_movie_ids,
        {{ movies_asked_for('request') }} as asked_movie_ids,

        -- timestamps
        try_cast(timestamp as timestamp) as requested_at,
        {{ build_started_at() }} as loaded_at,

        -- as it was logged
        source as logged
    from source

),

checked as (

    select
        *,
        {{ damage_of_request('logged') }} as damage
    from renamed

),

final as (

    select
        * exclude (logged),
        case when damage is not null then cast(to_json(logged) as varchar) end
            as damaged_row
    from checked

)

select * from final

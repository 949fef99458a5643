-- noqa: disable=LT02
{{ config(
    materialized='incremental',
    incremental_strategy='append',
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
{% set unread = [] %}
{% for log in logs %}
    {% set since = unloaded_since(log) if is_incremental() else none %}
    {% if since is not none %}
        {% do unread.append(logged_since(log, since)) %}
    {% elif not is_incremental() %}
        {% do unread.append(log) %}
    {% endif %}
{% endfor %}

with

-- as text, whichever database and type it comes from; what has just been
-- archived may be in the store too
logged as (

    {% for log in unread or logs[:1] %}
        select
            {% for column in columns -%}
                cast(log.{{ column }} as varchar) as {{ column }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from {{ log }} as log
        where
            {{ 'true' if unread else 'false' }}
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
    where {{ is_unloaded('logged') }}

),

renamed as (

    select
        -- ids
        request_id,
        {{ whole_number('user_id', 'bigint') }} as user_id,
        model_version,
        {{ whole_number('unknown_movie_id', 'bigint') }} as unknown_movie_id,

        -- texts
        endpoint,
        fallback_reason,
        strategy,

        -- numerics
        {{ whole_number('status', 'integer') }} as status,
        try_cast(latency_ms as double) as latency_ms,
        {{ whole_number('k', 'integer') }} as k,

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
        {{ instant('timestamp') }} as requested_at,
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

-- noqa: disable=LT02
{% macro damage_of_request(logged) -%}
    case
        when requested_at is null then 'timestamp: no instant'
        when coalesce({{ logged }}.endpoint, '') = '' then 'endpoint: missing'
        when {{ logged }}.endpoint = 'all' then 'endpoint: stands for every one'
        when {{ logged }}.model_version in ('all', 'none')
            then 'model_version: stands for every one or none'
        when status between 100 and 599 is not true
            then 'status: no HTTP status'
        when (latency_ms >= 0 and isfinite(latency_ms)) is not true
            then 'latency_ms: no duration'
        {% for column in ['user_id', 'unknown_movie_id', 'k'] -%}
        when {{ logged }}.{{ column }} is not null and {{ column }} is null
            then '{{ column }}: no whole number'
        {% endfor -%}
        {% for column in ['is_fallback', 'is_simulated'] -%}
        when
            {{ logged }}.{{ column }} is not null
            and try_cast({{ logged }}.{{ column }} as boolean) is null
            then '{{ column }}: neither true nor false'
        {% endfor -%}
        when not json_valid({{ logged }}.request) then 'request: no JSON'
        when status < 400 and {{ logged }}.recommendations is null
            then 'recommendations: missing from an answer'
        {% for list, (column, numbers) in {
            'movie_ids': ('recommendations', 'whole numbers'),
            'scores': ('scores', 'numbers'),
            'propensities': ('propensities', 'numbers'),
            'greedy_movie_ids': ('greedy', 'whole numbers'),
        }.items() -%}
        when
            {{ logged }}.{{ column }} is not null
            and ({{ list }} is null or len({{ list }}) > list_count({{ list }}))
            then '{{ column }}: no list of {{ numbers }}'
        {% if column != 'recommendations' -%}
        when len({{ list }}) != len(movie_ids)
            then '{{ column }}: not one for each recommendation'
        {% endif -%}
        {% endfor -%}
        when status >= 400 and len(movie_ids) > 0
            then 'recommendations: beside a failure'
        when len(list_distinct(movie_ids)) < len(movie_ids)
            then 'recommendations: a movie twice'
        when not isfinite(list_sum(scores)) then 'scores: not finite'
        when (list_min(propensities) > 0 and list_max(propensities) <= 1)
            is false
            then 'propensities: no probabilities'
        when propensities is not null and greedy_movie_ids is null
            then 'greedy: missing beside propensities'
        when greedy_movie_ids is not null and propensities is null
            then 'propensities: missing beside greedy'
    end
{%- endmacro %}

{% macro movies_asked_for(request) -%}
    {% set json -%}
        case when json_valid({{ request }}) then {{ request }} end
    {%- endset -%}
    list_distinct(list_concat(
        [try_cast(json_extract_string({{ json }}, '$.movie_id') as bigint)],
        try_cast(json_extract({{ json }}, '$.movie_ids') as bigint[]),
        try_cast(json_extract({{ json }}, '$.seed_movie_ids') as bigint[])
    ))
{%- endmacro %}

{% macro movies_asked_for(request) -%}
    {% set json -%}
        case when json_valid({{ request }}) then {{ request }} end
    {%- endset -%}
    {% set movie_id = "json_extract_string(" ~ json ~ ", '$.movie_id')" -%}
    list_distinct(list_concat(
        [{{ whole_number(movie_id, 'bigint') }}],
        {% for column in ['movie_ids', 'seed_movie_ids'] -%}
            {% set list -%}
                cast(json_extract({{ json }}, '$.{{ column }}') as varchar)
            {%- endset -%}
            {{ list_from_json(list, 'bigint') }}
            {%- if not loop.last %},{% endif %}
        {% endfor -%}
    ))
{%- endmacro %}

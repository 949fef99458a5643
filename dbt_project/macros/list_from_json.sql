{% macro list_from_json(text, type) -%}
    try_cast(
        case when json_valid({{ text }}) then cast({{ text }} as json) end
        as {{ type }} []
    )
{%- endmacro %}

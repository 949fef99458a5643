{% macro unnested(list) -%}
    unnest({{ list }})
{%- endmacro %}

{% macro build_started_at() -%}
    cast('{{ run_started_at }}' as timestamp)
{%- endmacro %}

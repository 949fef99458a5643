{% macro loaded_by_this_build() -%}
    loaded_at >= {{ build_started_at() }}
{%- endmacro %}

{% macro all_or(column, is_any) -%}
    case when {{ is_any }} = 1 then 'all' else {{ column }} end
{%- endmacro %}

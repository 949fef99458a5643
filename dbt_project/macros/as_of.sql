{% macro as_of() -%}
    cast('{{ env_var('MARQUEE_AS_OF', '') or var('as_of') }}' as timestamp)
{%- endmacro %}

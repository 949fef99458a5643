{% macro in_simulation() -%}
    cast('{{ env_var('MARQUEE_IN_SIMULATION', 'false') }}' as boolean)
{%- endmacro %}

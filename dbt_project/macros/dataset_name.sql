{% macro dataset_name() -%}
    {{ env_var('MARQUEE_DATASET_NAME', var('dataset')) }}
{%- endmacro %}

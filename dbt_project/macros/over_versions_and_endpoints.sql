{% macro over_versions_and_endpoints(columns) -%}
    grouping sets (
        ({{ columns }}),
        ({{ columns }}, model_version),
        ({{ columns }}, endpoint),
        ({{ columns }}, model_version, endpoint)
    )
{%- endmacro %}

{% macro cluster_of(user_id) -%}
    cast(floor(
        {{ unit_interval("concat('user-', cast(" ~ user_id ~ " as varchar))") }}
        * {{ var('bootstrap_clusters') }}
    ) as integer)
{%- endmacro %}

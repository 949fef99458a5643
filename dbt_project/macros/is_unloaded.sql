-- noqa: disable=LT02
{% macro is_unloaded(loaded_at) -%}
    {% if is_incremental() -%}
    {{ loaded_at }} > (
        select coalesce(max(loaded_at), cast('-infinity' as timestamp))
        from {{ this }}
    )
    {%- else -%}
    true
    {%- endif %}
{%- endmacro %}

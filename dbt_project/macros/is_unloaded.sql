-- noqa: disable=LT02
{% macro is_unloaded(requests, one_row='true') -%}
    {% if is_incremental() -%}
    not exists (
        select 1
        from {{ this }} as loaded
        where
            loaded.request_id = {{ requests }}.request_id
            and {{ one_row }}
    )
    {%- else -%}
    true
    {%- endif %}
{%- endmacro %}

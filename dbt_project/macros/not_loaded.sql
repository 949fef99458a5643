-- noqa: disable=LT02
{% macro not_loaded(request_id, condition='true') -%}
    {% if is_incremental() -%}
    not exists (
        select 1
        from {{ this }} as loaded
        where
            loaded.request_id = {{ request_id }}
            and {{ condition }}
    )
    {%- else -%}
    true
    {%- endif %}
{%- endmacro %}

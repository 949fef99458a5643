{% macro unloaded_since(log) -%}
    {% set query -%}
        select
            ''''
            || replace(cast(min(logged.timestamp) as varchar), '''', '''''')
            || '''' as since
        from {{ log }} as logged
        where not exists (
            select 1
            from {{ this }} as loaded
            where loaded.request_id = logged.request_id
        )
    {%- endset %}
    {{ return(run_query(query).columns[0].values()[0] if execute else none) }}
{%- endmacro %}

-- noqa: disable=LT02
{% macro unloaded_since(logs) -%}
    {% set query -%}
        with

        logged as (

            {% for log in logs -%}
            select
                request_id,
                cast(timestamp as varchar) as logged_at
            from {{ log }}
            {% if not loop.last %}union all{% endif %}
            {% endfor %}

        )

        select min(logged.logged_at) as logged_at
        from logged
        where not exists (
            select 1
            from {{ this }} as loaded
            where loaded.request_id = logged.request_id
        )
    {%- endset %}
    {{ return(run_query(query).columns[0].values()[0] if execute else none) }}
{%- endmacro %}

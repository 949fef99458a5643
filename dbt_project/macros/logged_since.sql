-- noqa: disable=LT02
{% macro logged_since(log, since) -%}
    {% set condition = 'timestamp >= ' ~ since -%}
    {% if log.database == 'operational'
        and env_var('MARQUEE_STORE_TYPE', 'sqlite') == 'sqlite' -%}
    {#- DuckDB hands no condition down to SQLite, whose index finds the rows.
        SQLite keeps a damaged instant as it came: a number sorts before every
        text. -#}
    {% set query =
        'select * from request_logs where ' ~ condition ~ " or timestamp < ''"
    -%}
    sqlite_query('{{ log.database }}', '{{ query | replace("'", "''") }}')
    {%- else -%}
    (select * from {{ log }} where {{ condition }})
    {%- endif %}
{%- endmacro %}

{% macro unit_interval(text) -%}
    (cast(concat('0x', substr(md5({{ text }}), 1, 8)) as bigint) / 4294967296)
{%- endmacro %}

{% macro instant(text) -%}
    try_cast(
        case
            when
                regexp_full_match(
                    {{ text }},
                    '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?'
                )
                then {{ text }}
        end as timestamp
    )
{%- endmacro %}

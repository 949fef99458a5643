{% macro list_from_json(text, type) -%}
    {#- of valid JSON only a list of numbers is made of these alone -#}
    {% set marks = '-0-9' if type in ('integer', 'bigint') else '-+0-9.eE' -%}
    try_cast(
        case
            when
                regexp_full_match({{ text }}, '\s*\[[{{ marks }},\s]*\]\s*')
                and json_valid({{ text }})
                then cast({{ text }} as json)
        end as {{ type }} []
    )
{%- endmacro %}

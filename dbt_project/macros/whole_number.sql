{% macro whole_number(text, type) -%}
    try_cast(
        case when regexp_full_match({{ text }}, '-?[0-9]+') then {{ text }} end
        as {{ type }}
    )
{%- endmacro %}

{% macro wilson(share, n, z) -%}
    (
        {{ share }} + {{ z * z }} / (2 * {{ n }})
        + {{ z }} * sqrt(
            ({{ share }} * (1 - {{ share }}) + {{ z * z }} / (4 * {{ n }}))
            / {{ n }}
        )
    ) / (1 + {{ z * z }} / {{ n }})
{%- endmacro %}

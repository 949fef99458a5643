-- noqa: disable=LT02
{% macro jensen_shannon_divergence(expected, actual) -%}
    sum(
        {% for share in [expected, actual] -%}
        case
            when {{ share }} > 0
                then {{ share }} / 2 * log2(
                    2 * {{ share }} / ({{ expected }} + {{ actual }})
                )
            else 0
        end{% if not loop.last %} + {% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{% macro population_stability_index(expected, actual) -%}
    {% set least_share = var('drift_least_share') -%}
    {% set e = 'greatest(' ~ expected ~ ', ' ~ least_share ~ ')' -%}
    {% set a = 'greatest(' ~ actual ~ ', ' ~ least_share ~ ')' -%}
    sum(({{ a }} - {{ e }}) * ln({{ a }} / {{ e }}))
{%- endmacro %}

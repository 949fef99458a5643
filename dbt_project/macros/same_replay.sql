{% macro same_replay(one, other) -%}
    {{ one }}.model_version = {{ other }}.model_version
    and {{ one }}.endpoint = {{ other }}.endpoint
    and {{ one }}.is_fallback is not distinct from {{ other }}.is_fallback
    and {{ one }}.window_days = {{ other }}.window_days
{%- endmacro %}

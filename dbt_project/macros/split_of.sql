{% macro split_of(happened_at, boundaries) -%}
    case
        when {{ happened_at }} < {{ boundaries }}.validation_starts_at
            then 'train'
        when {{ happened_at }} < {{ boundaries }}.test_starts_at
            then 'validation'
        else 'test'
    end
{%- endmacro %}

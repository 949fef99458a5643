{% macro ordered_list(value, order_by) -%}
    list_transform(
        list_sort(list({'place': {{ order_by }}, 'value': {{ value }}})),
        lambda entry: entry.value
    )
{%- endmacro %}

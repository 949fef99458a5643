{% macro fit_window_of(split) -%}
    case {{ split }}
        when 'validation' then 'train'
        when 'test' then 'train_validation'
    end
{%- endmacro %}

{% macro status_of(value, thresholds) -%}
    case
        when {{ thresholds }}.threshold_breach is null or {{ value }} is null
            then null
        when {{ thresholds }}.worse_when = 'higher'
            then case
                when {{ value }} >= {{ thresholds }}.threshold_breach
                    then 'breach'
                when {{ value }} >= {{ thresholds }}.threshold_warning
                    then 'warning'
                else 'ok'
            end
        when {{ value }} <= {{ thresholds }}.threshold_breach then 'breach'
        when {{ value }} <= {{ thresholds }}.threshold_warning then 'warning'
        else 'ok'
    end
{%- endmacro %}

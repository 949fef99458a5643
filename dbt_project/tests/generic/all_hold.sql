{% test all_hold(model, conditions) %}

{% for condition in conditions %}
select
    '{{ condition | replace("'", "''") }}' as broken_condition,
    count(*) as n_rows
from {{ model }}
where ({{ condition }}) is not true
having count(*) > 0
{{ "union all" if not loop.last }}
{% endfor %}

{% endtest %}

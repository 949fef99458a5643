-- noqa: disable=LT02
{#
    One test a table, one row a broken rule: far fewer statements than a test
    for each column, and the row names the rule.

    key          columns that together are unique; nulls count as equal; only
                 rows that share a hash are compared, which spares large
                 tables a group of every row
    accepted     {column: [values]}, nulls pass
    references   {column: ref('table')}, the column has the same name there;
                 nulls pass
    holds        SQL conditions that are true of every row
#}
{% test rules(model, key=none, accepted={}, references={}, holds=[]) %}

with

broken as (

    {% if key %}
    select
        'key {{ key | join(", ") }}' as broken_rule,
        count(*) as n_rows
    from (
        select {{ key | join(', ') }}
        from {{ model }}
        where hash({{ key | join(', ') }}) in (
            select hash({{ key | join(', ') }}) as key_hash
            from {{ model }}
            group by key_hash
            having count(*) > 1
        )
        group by {{ key | join(', ') }}
        having count(*) > 1
    ) as duplicates
    union all
    {% endif %}
    {% for column, values in accepted.items() %}
    select
        'accepted {{ column }}' as broken_rule,
        count(*) as n_rows
    from {{ model }}
    where {{ column }} not in ('{{ values | join("', '") }}')
    union all
    {% endfor %}
    {% for column, parent in references.items() %}
    select
        'references {{ column }}' as broken_rule,
        count(*) as n_rows
    from {{ model }} as children
    where
        children.{{ column }} is not null
        and not exists (
            select 1
            from {{ parent }} as parents
            where parents.{{ column }} = children.{{ column }}
        )
    union all
    {% endfor %}
    {% for condition in holds %}
    select
        'holds {{ condition | replace("'", "''") }}' as broken_rule,
        count(*) as n_rows
    from {{ model }}
    where ({{ condition }}) is not true
    union all
    {% endfor %}
    select
        'none' as broken_rule,
        0 as n_rows

)

select *
from broken
where n_rows > 0

{% endtest %}

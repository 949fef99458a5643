{% macro touched_periods(period) -%}
    select
        requests.starts_at,
        requests.loaded_at,
        requests.n_loaded
    from (
        select
            date_trunc('{{ period }}', requested_at) as starts_at,
            max(loaded_at) as loaded_at,
            count(*) as n_loaded
        from {{ ref('fct_requests') }}
        group by starts_at
    ) as requests
    {% if is_incremental() -%}
    where not exists (
        select 1
        from {{ this }} as known
        where
            known.starts_at = requests.starts_at
            and known.loaded_at = requests.loaded_at
            and known.n_loaded = requests.n_loaded
    )
    {%- endif %}
{%- endmacro %}

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail'
) }}

with

requests as (

    select * from {{ ref('int_requests_selected') }}

),

final as (

    select
        request_id,
        damage as reason,
        damaged_row,
        requested_at,
        loaded_at
    from requests
    where
        damage is not null
        and {{ is_unloaded('requests') }}

)

select * from final

{{ config(
    materialized='incremental',
    unique_key='request_id',
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
        requested_at
    from requests
    where
        damage is not null
        and {{ not_loaded('requests.request_id') }}

)

select * from final

{{ config(materialized='incremental', unique_key='starts_at') }}

{{ spread_by_period('hour') }}

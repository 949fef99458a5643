{{ config(materialized='incremental', unique_key='starts_at') }}

{{ requests_by_period('day') }}

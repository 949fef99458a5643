select
    endpoint,
    bucket_low_ms,
    bucket_high_ms,
    cast(sum(requests) as bigint) as requests,
    cast(
        sum(requests) / sum(sum(requests)) over (partition by endpoint)
        as double
    ) as share
from reports.rpt_latency
where model_version <> 'all' and day between $first and $last
group by endpoint, bucket_low_ms, bucket_high_ms
order by endpoint, bucket_low_ms

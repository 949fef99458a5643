-- with fewer users than this there is nothing to learn from
select count(distinct user_id) as n_users
from {{ ref('int_positives_filtered') }}
having count(distinct user_id) < {{ var('minimum_users_left') }}

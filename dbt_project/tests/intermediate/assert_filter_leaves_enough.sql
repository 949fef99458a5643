-- with fewer users than this there is nothing to learn from
select
    format(
        '{} users and {} movies are left after the filter, '
        || 'expected at least {} users',
        count(distinct user_id),
        count(distinct movie_id),
        {{ var('minimum_users_left') }}
    ) as message
from {{ ref('int_positives_filtered') }}
having count(distinct user_id) < {{ var('minimum_users_left') }}

select count(*) as n_rows
from {{ ref('int_split_boundaries') }}
having count(*) <> 1

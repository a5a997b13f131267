-- The lines of each journal add up to zero.
select tenantid, journalid, sum(netamount) as net
from {{ ref('general_ledger') }}
group by tenantid, journalid
having sum(netamount) <> 0

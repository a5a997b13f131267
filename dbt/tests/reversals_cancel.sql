-- A journal and the one that reverses it add up to zero on every account.
select marked.tenantid, marked.journalid, marked.accountid, sum(both_of_them.netamount) as net
from (
    select distinct tenantid, journalid, accountid, reversedbyjournalid
    from {{ ref('general_ledger') }}
    where reversedbyjournalid is not null
) as marked
inner join {{ ref('general_ledger') }} as both_of_them
    on
        marked.tenantid = both_of_them.tenantid
        and marked.accountid = both_of_them.accountid
        and both_of_them.journalid in (marked.journalid, marked.reversedbyjournalid)
group by marked.tenantid, marked.journalid, marked.accountid
having sum(both_of_them.netamount) <> 0

-- What is open on each document, in its own currency and at the base value that it has on its account: from the day of a change up to
-- the day before the next one. A settlement that is dated before its document leaves less than nothing open until then.
with settlements as (
    select tenantid, settlementid, documentid, base_amount
    from {{ ref('int_xero_gl__settlements') }}
    union all
    select distinct tenantid, settlementid, documentid, base_used
    from {{ ref('int_xero_gl__prepayment_uses') }}
),

uses as (
    select tenantid, paymentid as settlementid, date, amount
    from {{ ref('int_xero_gl__payments') }}
    union all
    select tenantid, allocationid, date, amount
    from {{ ref('int_xero_gl__allocations') }}
),

changes as (
    select tenantid, documentid, date, total - cisdeduction as amount, owed as base_amount
    from {{ ref('int_xero_gl__document_totals') }}
    where unposted_because is null and kind not in ('RECEIVE', 'SPEND')
    union all
    select settlements.tenantid, settlements.documentid, uses.date, -uses.amount, -settlements.base_amount
    from settlements
    inner join uses
        on settlements.tenantid = uses.tenantid and settlements.settlementid = uses.settlementid
),

by_day as (
    select tenantid, documentid, date, sum(amount) as amount, sum(base_amount) as base_amount
    from changes
    group by tenantid, documentid, date
),

running as (
    select
        tenantid,
        documentid,
        date as opensince,
        lead(date) over (partition by tenantid, documentid order by date) as nextchange,
        sum(amount) over (partition by tenantid, documentid order by date) as amount,
        sum(base_amount) over (partition by tenantid, documentid order by date) as base_amount
    from by_day
)

select *
from running
where amount <> 0 or base_amount <> 0

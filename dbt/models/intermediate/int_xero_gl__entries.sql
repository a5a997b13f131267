-- What posts, a row for each journal that is rebuilt: its date and what its lines have in common.
select
    tenantid, sourcetype, documentid as sourceid, date, reference, updateddateutc, contactid, currencycode, currencyrate
from {{ ref('int_xero_gl__document_totals') }}
where unposted_because is null
union all
select
    payments.tenantid, payments.paymenttype, payments.paymentid, payments.date, payments.reference, payments.updateddateutc,
    documents.contactid,
    -- Of a document that is not in the tables the rate says no more than whether it is in the base currency.
    coalesce(documents.currencycode, case when payments.currencyrate = 1 then organisations.basecurrency end),
    payments.currencyrate
from {{ ref('int_xero_gl__payments') }} as payments
inner join {{ ref('stg_xero_gl__organisations') }} as organisations on payments.tenantid = organisations.tenantid
left join {{ ref('int_xero_gl__documents') }} as documents
    on payments.tenantid = documents.tenantid and payments.documentid = documents.documentid
where payments.unposted_because is null
union all
select
    allocations.tenantid,
    case allocations.kind when 'PREPAYMENT' then 'PREPAYMENTALLOCATION' else 'CREDITALLOCATION' end,
    allocations.allocationid, allocations.date, '', allocations.updateddateutc,
    credits.contactid, credits.currencycode, credits.currencyrate
from {{ ref('int_xero_gl__allocations') }} as allocations
inner join {{ ref('int_xero_gl__documents') }} as credits
    on allocations.tenantid = credits.tenantid and allocations.creditid = credits.documentid
union all
select tenantid, 'TRANSFER', banktransferid, date, reference, createddateutc, null, null, 1
from {{ ref('int_xero_gl__bank_transfers') }}
where unposted_because is null
union all
select tenantid, 'MANJOURNAL', manualjournalid, date, reference, updateddateutc, null, null, 1
from {{ ref('int_xero_gl__manual_journals') }}
where unposted_because is null

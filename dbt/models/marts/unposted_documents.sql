-- Documents that should post and do not, because an amount or an account is not clear. What they hide is UNEXPLAINED.
select tenantid, kind, documentid, date, unposted_because as reason
from {{ ref('int_xero_gl__document_totals') }}
where unposted_because is not null
union all
select tenantid, paymenttype, paymentid, date, unposted_because
from {{ ref('int_xero_gl__payments') }}
where unposted_because is not null
union all
select tenantid, 'TRANSFER', banktransferid, date, unposted_because
from {{ ref('int_xero_gl__bank_transfers') }}
where unposted_because is not null
union all
select tenantid, 'MANJOURNAL', manualjournalid, date, unposted_because
from {{ ref('int_xero_gl__manual_journals') }}
where unposted_because is not null

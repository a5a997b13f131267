select
    tenantid, as_at, documentid, documenttype, documentnumber, reference, contactid, contactname, date, duedate,
    days_overdue, bucket, currencycode, documentamount, baseamount, accountid
from {{ ref('int_xero_gl__aged_documents') }}
where not is_receivable

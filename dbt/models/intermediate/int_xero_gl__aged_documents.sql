{{ config(materialized='ephemeral') }}

-- Documents that were open at each month end, and on the day as_at: what customers owe, and what is owed to suppliers. Credit notes,
-- prepayments and overpayments are negative. What is dated later is not there yet, also where a document has been paid since.
with all_days as (
    select tenantid, monthend as as_at from {{ ref('int_xero_gl__ledger_months') }}
    {%- if var('as_at') %}
    union all
    select tenantid, cast('{{ var("as_at") }}' as date) from {{ ref('int_xero_gl__organisations') }}
    {%- endif %}
),

days as (
    select distinct tenantid, as_at from all_days
),

due as (
    select tenantid, invoiceid as documentid, duedate from {{ ref('stg_xero_gl__invoices') }}
    union all
    select tenantid, creditnoteid, duedate from {{ ref('stg_xero_gl__credit_notes') }}
),

-- A prepayment is not in receivables or payables, but on the account of its lines.
line_accounts as (
    select lines.tenantid, lines.documentid, min(lines.accountid) as accountid
    from {{ ref('int_xero_gl__documents') }} as documents
    inner join {{ ref('int_xero_gl__document_lines') }} as lines
        on documents.tenantid = lines.tenantid and documents.documentid = lines.documentid
    where documents.kind like '%-PREPAYMENT'
    group by lines.tenantid, lines.documentid
    having count(distinct lines.accountid) = 1
),

aged as (
    select
        days.tenantid,
        days.as_at,
        documents.documentid,
        documents.kind as documenttype,
        documents.documentnumber,
        documents.reference,
        documents.contactid,
        documents.date,
        -- What has no due date, as a credit or money that came in advance, counts from its own date.
        case when due.duedate > cast('1970-01-01' as date) then due.duedate else documents.date end as duedate,
        documents.currencycode,
        case when documents.kind in ('ACCREC', 'ACCPAY') then 1 else -1 end as sign,
        open_amounts.amount,
        open_amounts.base_amount,
        coalesce(documents.settledaccountid, line_accounts.accountid) as accountid
    from days
    inner join {{ ref('int_xero_gl__open_amounts') }} as open_amounts
        on
            days.tenantid = open_amounts.tenantid
            and days.as_at >= open_amounts.opensince
            and (days.as_at < open_amounts.nextchange or open_amounts.nextchange is null)
    inner join {{ ref('int_xero_gl__documents') }} as documents
        on open_amounts.tenantid = documents.tenantid and open_amounts.documentid = documents.documentid
    left join due
        on documents.tenantid = due.tenantid and documents.documentid = due.documentid
    left join line_accounts
        on documents.tenantid = line_accounts.tenantid and documents.documentid = line_accounts.documentid
),

overdue as (
    select
        aged.*,
        {{ dbt.datediff('duedate', 'as_at', 'day') }} as days
    from aged
)

select
    overdue.tenantid,
    overdue.as_at,
    overdue.documentid,
    overdue.documenttype,
    overdue.documentnumber,
    overdue.reference,
    overdue.contactid,
    sources.contactname,
    overdue.date,
    overdue.duedate,
    case when overdue.days > 0 then overdue.days else 0 end as days_overdue,
    case
        when overdue.days <= 0 then 'current'
        when overdue.days <= 30 then '1-30'
        when overdue.days <= 60 then '31-60'
        when overdue.days <= 90 then '61-90'
        else 'older'
    end as bucket,
    overdue.currencycode,
    overdue.sign * overdue.amount as documentamount,
    overdue.sign * overdue.base_amount as baseamount,
    overdue.accountid,
    overdue.documenttype in ('ACCREC', 'ACCRECCREDIT') or overdue.documenttype like 'RECEIVE-%' as is_receivable
from overdue
left join {{ ref('int_xero_gl__source_documents') }} as sources
    on overdue.tenantid = sources.tenantid and overdue.documentid = sources.sourceid

-- R1-R4: documents that post: invoices, bills, credit notes, money spent and received, prepayments, overpayments.
-- One concept for all: a control account on one side, lines on the other.
with headers as (
    select
        tenantid, invoiceid as documentid, type as kind, date, invoicenumber as documentnumber, reference, contactid, updateddateutc,
        currencycode, currencyrate, lineamounttypes, total, cisdeduction, cast(null as {{ xero_gl.type_of('text') }}) as bankaccountid
    from {{ ref('stg_xero_gl__invoices') }}
    where status in ('AUTHORISED', 'PAID')
    union all
    select
        tenantid, creditnoteid, type, date, creditnotenumber, reference, contactid, updateddateutc,
        currencycode, currencyrate, lineamounttypes, total, cisdeduction, null
    from {{ ref('stg_xero_gl__credit_notes') }}
    where status in ('AUTHORISED', 'PAID')
    union all
    -- R4: prepayments and overpayments are posted from here, once, because only here is their bank account.
    select
        transactions.tenantid,
        coalesce(transactions.prepaymentid, transactions.overpaymentid, transactions.banktransactionid),
        transactions.type,
        transactions.date,
        null,
        transactions.reference,
        transactions.contactid,
        transactions.updateddateutc,
        transactions.currencycode,
        transactions.currencyrate,
        transactions.lineamounttypes,
        transactions.total,
        null,
        coalesce(transactions.bankaccountid, by_code.accountid)
    from {{ ref('stg_xero_gl__bank_transactions') }} as transactions
    left join {{ ref('stg_xero_gl__accounts') }} as by_code
        on
            transactions.tenantid = by_code.tenantid
            and transactions.bankaccountcode = by_code.code
            and transactions.bankaccountid is null
    where transactions.status = 'AUTHORISED' and transactions.type not in ('SPEND-TRANSFER', 'RECEIVE-TRANSFER')
),

-- direction: 1 where the control account is debited. settled: what payments and allocations clear later; a prepayment is in neither.
kinds as (
    {%- for kind, sourcetype, direction, control, settled in [
        ('ACCREC', 'ACCREC', 1, 'DEBTORS', 'DEBTORS'),
        ('ACCPAY', 'ACCPAY', -1, 'CREDITORS', 'CREDITORS'),
        ('ACCRECCREDIT', 'ACCRECCREDIT', -1, 'DEBTORS', 'DEBTORS'),
        ('ACCPAYCREDIT', 'ACCPAYCREDIT', 1, 'CREDITORS', 'CREDITORS'),
        ('RECEIVE', 'CASHREC', 1, 'BANK', 'NONE'),
        ('SPEND', 'CASHPAID', -1, 'BANK', 'NONE'),
        ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT', 1, 'BANK', 'NONE'),
        ('SPEND-PREPAYMENT', 'APPREPAYMENT', -1, 'BANK', 'NONE'),
        ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT', 1, 'BANK', 'DEBTORS'),
        ('SPEND-OVERPAYMENT', 'APOVERPAYMENT', -1, 'BANK', 'CREDITORS'),
    ] %}
    {% if not loop.first %}union all {% endif -%}
    select
        '{{ kind }}' as kind, '{{ sourcetype }}' as sourcetype, {{ direction }} as direction, '{{ control }}' as control,
        '{{ settled }}' as settled
    {%- endfor %}
),

placed as (
    select
        headers.*,
        kinds.sourcetype,
        kinds.direction,
        case kinds.control
            when 'DEBTORS' then system_accounts.debtors when 'CREDITORS' then system_accounts.creditors else headers.bankaccountid
        end as controlaccountid,
        case kinds.settled
            when 'DEBTORS' then system_accounts.debtors when 'CREDITORS' then system_accounts.creditors
        end as settledaccountid,
        coalesce(nullif(headers.currencycode, ''), organisations.basecurrency) = organisations.basecurrency as is_base,
        organisations.basecurrency
    from headers
    left join kinds on headers.kind = kinds.kind
    inner join {{ ref('stg_xero_gl__organisations') }} as organisations on headers.tenantid = organisations.tenantid
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on headers.tenantid = system_accounts.tenantid
)

select
    tenantid,
    documentid,
    kind,
    sourcetype,
    direction,
    case when date > cast('1970-01-01' as date) then date end as date,
    documentnumber,
    coalesce(reference, '') as reference,
    contactid,
    updateddateutc,
    controlaccountid,
    settledaccountid,
    coalesce(nullif(currencycode, ''), basecurrency) as currencycode,
    case when is_base then 1 else nullif(currencyrate, 0) end as currencyrate,
    upper(lineamounttypes) as lineamounttypes,
    coalesce(total, 0) as total,
    {% if var('xero_gl_cis') -%}
    coalesce(cisdeduction, 0)
    {%- else -%}
    cast(0 as {{ xero_gl.type_of('amount') }})
    {%- endif %} as cisdeduction
from placed

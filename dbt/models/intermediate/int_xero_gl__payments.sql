-- R5, R6: payments and refunds that post, with the document that each pays.
with kinds as (
    -- direction: 1 where money comes in. control: the account of a document that is not in the tables.
    {%- for kind, direction, control in [
        ('ACCRECPAYMENT', 1, 'debtors'), ('ARCREDITPAYMENT', -1, 'debtors'),
        ('AROVERPAYMENTPAYMENT', -1, 'debtors'), ('ARPREPAYMENTPAYMENT', -1, 'debtors'),
        ('ACCPAYPAYMENT', -1, 'creditors'), ('APCREDITPAYMENT', 1, 'creditors'),
        ('APOVERPAYMENTPAYMENT', 1, 'creditors'), ('APPREPAYMENTPAYMENT', 1, 'creditors'),
    ] %}
    {% if not loop.first %}union all {% endif -%}
    select '{{ kind }}' as paymenttype, {{ direction }} as direction, '{{ control }}' as control
    {%- endfor %}
),

placed as (
    select
        payments.tenantid,
        payments.paymentid,
        payments.paymenttype,
        case when payments.date > cast('1970-01-01' as date) then payments.date end as date,
        payments.updateddateutc,
        coalesce(payments.reference, '') as reference,
        payments.amount,
        payments.bankamount,
        coalesce(nullif(payments.currencyrate, 0), 1) as currencyrate,
        -- A payment of a credit note may name it as its invoice: the ID is looked up among all documents.
        coalesce(payments.invoiceid, payments.creditnoteid, payments.prepaymentid, payments.overpaymentid) as documentid,
        coalesce(payments.accountid, by_code.accountid) as accountid,
        kinds.direction,
        case kinds.control when 'debtors' then system_accounts.debtors when 'creditors' then system_accounts.creditors end as controlaccountid
    from {{ ref('stg_xero_gl__payments') }} as payments
    inner join {{ ref('stg_xero_gl__organisations') }} as organisations on payments.tenantid = organisations.tenantid
    left join kinds on payments.paymenttype = kinds.paymenttype
    left join {{ ref('stg_xero_gl__accounts') }} as by_code
        on payments.tenantid = by_code.tenantid and payments.accountcode = by_code.code and payments.accountid is null
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on payments.tenantid = system_accounts.tenantid
    where payments.status = 'AUTHORISED'
)

select
    placed.*,
    case
        when direction is null then 'its type is not known'
        when date is null then 'it has no date'
        when accountid is null then 'its account is not in the chart'
        when controlaccountid is null then 'receivables or payables are not in the chart'
    end as unposted_because
from placed

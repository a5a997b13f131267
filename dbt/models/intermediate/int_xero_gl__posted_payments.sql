{{ config(materialized='ephemeral') }}

-- R5: payments, and refunds of credit notes and overpayments: money at its own value, the document at the value it has on its control
-- account, the difference to realised gains. (R6, refunds of prepayments: int_xero_gl__posted_prepayment_uses.)
with paid as (
    select
        payments.tenantid,
        payments.paymentid,
        payments.paymenttype,
        payments.direction,
        payments.accountid,
        payments.amount,
        coalesce(settlements.settledaccountid, payments.controlaccountid) as settledaccountid,
        settlements.base_amount as base_settled,
        {{ xero_gl.base_money() }} as base_money
    from {{ ref('int_xero_gl__payments') }} as payments
    inner join {{ ref('stg_xero_gl__organisations') }} as organisations on payments.tenantid = organisations.tenantid
    left join {{ ref('int_xero_gl__document_totals') }} as documents
        on payments.tenantid = documents.tenantid and payments.documentid = documents.documentid and documents.unposted_because is null
    left join {{ ref('int_xero_gl__chart') }} as accounts
        on payments.tenantid = accounts.tenantid and payments.accountid = accounts.accountid
    left join {{ ref('int_xero_gl__settlements') }} as settlements
        on
            payments.tenantid = settlements.tenantid
            and payments.paymentid = settlements.settlementid
            and payments.documentid = settlements.documentid
    where payments.unposted_because is null and coalesce(documents.kind, '') not like '%-PREPAYMENT'
)

select
    tenantid, paymenttype as sourcetype, paymentid as sourceid,
    {{ xero_gl.posting('money', 0, 'accountid', 'direction * base_money', documentnet='direction * amount') }}
from paid
union all
select
    tenantid, paymenttype, paymentid,
    {{ xero_gl.posting(
        'settled', 1, 'settledaccountid', '-direction * coalesce(base_settled, base_money)', documentnet='-direction * amount'
    ) }}
from paid
union all
select
    paid.tenantid, paid.paymenttype, paid.paymentid,
    {{ xero_gl.posting('realised gain', 9003, 'system_accounts.realised_gain', 'paid.direction * (paid.base_settled - paid.base_money)') }}
from paid
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on paid.tenantid = system_accounts.tenantid
where paid.base_settled <> paid.base_money

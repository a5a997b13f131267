{{ config(materialized='ephemeral') }}

-- R6, R7: prepayments that are used on invoices or refunded: their lines and tax are taken back against receivables, payables or money.
with uses as (
    select
        tenantid, settlementid, sourcetype,
        max(invoiceid) as invoiceid,
        max(direction) as direction,
        max(amount) as amount,
        sum(base_net) as base_net,
        sum(base_tax) as base_tax
    from {{ ref('int_xero_gl__prepayment_uses') }}
    group by tenantid, settlementid, sourcetype
),

settled as (
    select
        uses.*,
        coalesce(
            payments.accountid,
            settlements.settledaccountid,
            -- An invoice that is not in the tables.
            case uses.direction when 1 then system_accounts.debtors else system_accounts.creditors end
        ) as otheraccountid,
        case
            when payments.paymentid is not null then {{ xero_gl.base_money() }}
            else coalesce(settlements.base_amount, uses.base_net + uses.base_tax)
        end as base_other,
        payments.paymentid is not null as is_refund,
        system_accounts.tax as taxaccountid,
        system_accounts.realised_gain
    from uses
    inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on uses.tenantid = system_accounts.tenantid
    inner join {{ ref('stg_xero_gl__organisations') }} as organisations on uses.tenantid = organisations.tenantid
    left join {{ ref('int_xero_gl__settlements') }} as settlements
        on
            uses.tenantid = settlements.tenantid
            and uses.settlementid = settlements.settlementid
            and uses.invoiceid = settlements.documentid
    left join {{ ref('int_xero_gl__payments') }} as payments
        on uses.tenantid = payments.tenantid and uses.settlementid = payments.paymentid and uses.sourcetype = payments.paymenttype
    left join {{ ref('int_xero_gl__document_totals') }} as documents
        on payments.tenantid = documents.tenantid and payments.documentid = documents.documentid
    left join {{ ref('int_xero_gl__chart') }} as accounts
        on payments.tenantid = accounts.tenantid and payments.accountid = accounts.accountid
)

select
    tenantid, sourcetype, settlementid as sourceid,
    {{ xero_gl.posting('prepayment taken back', 'linenumber', 'accountid', 'direction * base_net', 'direction * base_tax', line='shares') }}
from {{ ref('int_xero_gl__prepayment_uses') }} as shares
union all
select
    tenantid, sourcetype, settlementid,
    {{ xero_gl.posting('tax', 9001, 'taxaccountid', 'direction * base_tax') }}
from settled
union all
select
    tenantid, sourcetype, settlementid,
    {{ xero_gl.posting('settled', 0, 'otheraccountid', '-direction * base_other') }}
from settled
where not is_refund
union all
select
    tenantid, sourcetype, settlementid,
    {{ xero_gl.posting('money', 0, 'otheraccountid', '-direction * base_other', documentnet='-direction * amount') }}
from settled
where is_refund
union all
select
    tenantid, sourcetype, settlementid,
    {{ xero_gl.posting('realised gain', 9003, 'realised_gain', '-direction * (base_net + base_tax - base_other)') }}
from settled
where base_net + base_tax <> base_other

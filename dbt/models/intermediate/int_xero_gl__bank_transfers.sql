-- R9: transfers between bank accounts, with their one amount in the base currency: that of the side that is in the base currency.
-- Their two sides in bank transactions post nothing.
with placed as (
    select
        transfers.tenantid,
        transfers.banktransferid,
        case when transfers.date > cast('1970-01-01' as date) then transfers.date end as date,
        transfers.createddateutc,
        coalesce(transfers.reference, '') as reference,
        transfers.fromaccountid,
        transfers.toaccountid,
        case
            when not from_account.is_foreign then cast(coalesce(spent.total, transfers.amount) as {{ xero_gl.type_of('cents') }})
            when not to_account.is_foreign
                then coalesce(
                    cast(received.total as {{ xero_gl.type_of('cents') }}),
                    {{ xero_gl.cents('transfers.amount / nullif(transfers.currencyrate, 0)') }}
                )
            else
                {{ xero_gl.cents('coalesce(spent.total, transfers.amount) / coalesce(nullif(spent.currencyrate, 0), nullif(transfers.currencyrate, 0))') }}
        end as base_amount
    from {{ ref('stg_xero_gl__bank_transfers') }} as transfers
    inner join {{ ref('stg_xero_gl__organisations') }} as organisations on transfers.tenantid = organisations.tenantid
    left join {{ ref('int_xero_gl__chart') }} as from_account
        on transfers.tenantid = from_account.tenantid and transfers.fromaccountid = from_account.accountid
    left join {{ ref('int_xero_gl__chart') }} as to_account
        on transfers.tenantid = to_account.tenantid and transfers.toaccountid = to_account.accountid
    left join {{ ref('stg_xero_gl__bank_transactions') }} as spent
        on transfers.tenantid = spent.tenantid and transfers.frombanktransactionid = spent.banktransactionid
    left join {{ ref('stg_xero_gl__bank_transactions') }} as received
        on transfers.tenantid = received.tenantid and transfers.tobanktransactionid = received.banktransactionid
    where coalesce(transfers.status, spent.status, 'AUTHORISED') = 'AUTHORISED'
)

select
    placed.*,
    case
        when date is null then 'it has no date'
        when fromaccountid is null or toaccountid is null then 'a bank account is missing'
        when base_amount is null then 'it has no currency rate'
    end as unposted_because
from placed

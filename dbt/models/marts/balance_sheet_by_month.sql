with balances as (
    select
        balances.tenantid,
        balances.monthend,
        case when accounts.is_profit then 'CURRENTYEAREARNINGS' else balances.accountid end as accountid,
        {{ xero_gl.tracking_names('balances') }},
        sum(balances.balance) as balance
    from {{ ref('int_xero_gl__balances') }} as balances
    left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
        on balances.tenantid = accounts.tenantid and balances.accountid = accounts.accountid
    group by
        balances.tenantid,
        balances.monthend,
        case when accounts.is_profit then 'CURRENTYEAREARNINGS' else balances.accountid end,
        {{ xero_gl.tracking_names('balances') }}
    having sum(balances.balance) <> 0
)

select
    balances.tenantid,
    balances.monthend,
    accounts.section,
    accounts.section_place,
    balances.accountid,
    accounts.code as accountcode,
    accounts.name as accountname,
    accounts.type as accounttype,
    accounts.class as accountclass,
    {{ xero_gl.tracking_names('balances') }},
    accounts.sign * balances.balance as amount,
    balances.balance
from balances
left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on balances.tenantid = accounts.tenantid and balances.accountid = accounts.accountid

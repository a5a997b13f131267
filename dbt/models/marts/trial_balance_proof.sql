with accounts as (
    select
        accounts.*,
        organisations.has_journals,
        coalesce(currencies.number, 1) > 1 as has_currencies
    from {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    inner join {{ ref('int_xero_gl__organisations') }} as organisations on accounts.tenantid = organisations.tenantid
    left join {{ ref('int_xero_gl__currencies_used') }} as currencies on accounts.tenantid = currencies.tenantid
)

select
    differences.tenantid,
    differences.monthend,
    differences.accountid,
    accounts.code as accountcode,
    accounts.name as accountname,
    accounts.class as accountclass,
    differences.from_ledger,
    differences.from_xero,
    differences.difference,
    -- Xero revalues foreign money at each month end without a journal. A rebuilt ledger has these amounts as UNEXPLAINED lines.
    case
        when differences.difference = 0 or not accounts.has_journals then null
        when accounts.systemaccount in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN') then 'gains and losses of revaluations'
        when accounts.type = 'BANK' and accounts.is_foreign then 'bank account in a foreign currency'
        when accounts.systemaccount in ('DEBTORS', 'CREDITORS') and accounts.has_currencies then 'owed in several currencies'
        when
            accounts.systemaccount = 'RETAINEDEARNINGS' and accounts.has_currencies
            and (differences.difference = carried.amount or carried.is_unknown)
            then 'gains and losses of earlier years'
    end as set_apart
from {{ ref('int_xero_gl__balance_differences') }} as differences
left join accounts
    on differences.tenantid = accounts.tenantid and differences.accountid = accounts.accountid
left join {{ ref('int_xero_gl__carried_gains') }} as carried
    on differences.tenantid = carried.tenantid and differences.monthend = carried.monthend

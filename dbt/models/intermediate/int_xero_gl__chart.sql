-- Accounts: Xero's chart, and what only its trial balance still knows, such as accounts that were deleted.
with unlisted as (
    select
        trial_balance.tenantid,
        trial_balance.accountid,
        max(trial_balance.account) as name,
        max(trial_balance.section) as section
    from {{ ref('stg_xero_gl__trial_balance_lines') }} as trial_balance
    left join {{ ref('stg_xero_gl__accounts') }} as accounts
        on trial_balance.tenantid = accounts.tenantid and trial_balance.accountid = accounts.accountid
    where trial_balance.accountid is not null and accounts.accountid is null
    group by trial_balance.tenantid, trial_balance.accountid
)

select
    accounts.tenantid,
    accounts.accountid,
    accounts.code,
    accounts.name,
    accounts.type,
    accounts.systemaccount,
    upper(accounts.class) as class,
    upper(accounts.class) in ('REVENUE', 'EXPENSE') as is_profit,
    coalesce(nullif(accounts.currencycode, ''), organisations.basecurrency) <> organisations.basecurrency as is_foreign
from {{ ref('stg_xero_gl__accounts') }} as accounts
inner join {{ ref('stg_xero_gl__organisations') }} as organisations on accounts.tenantid = organisations.tenantid
union all
select
    tenantid,
    accountid,
    null,
    name,
    null,
    null,
    case section
        when 'Revenue' then 'REVENUE' when 'Expenses' then 'EXPENSE' when 'Assets' then 'ASSET'
        when 'Liabilities' then 'LIABILITY' when 'Equity' then 'EQUITY'
    end,
    section in ('Revenue', 'Expenses'),
    false
from unlisted

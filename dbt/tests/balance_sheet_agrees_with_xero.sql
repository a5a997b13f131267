{{ config(meta={'dagster': {'ref': {'name': 'balance_sheet_by_month'}}}) }}
-- Every account of the balance sheet is Xero's own to the cent, but for what the proof of balances sets apart. Debits are compared, so
-- that an account agrees also where Xero prints it on the other side, as an overdrawn bank account.
with set_apart as (
    select distinct
        proof.tenantid,
        proof.monthend,
        case when accounts.is_profit then 'CURRENTYEAREARNINGS' else proof.accountid end as accountid
    from {{ ref('trial_balance_proof') }} as proof
    inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
        on proof.tenantid = accounts.tenantid and proof.accountid = accounts.accountid
    where proof.set_apart is not null
),

sides as (
    select tenantid, monthend, accountid, balance as ours, 0 as of_xero from {{ ref('balance_sheet_by_month') }}
    union all
    select
        tenantid, monthend, accountid, 0,
        case when lower(section) like '%liabilit%' or lower(section) like '%equity%' then -amount else amount end
    from {{ ref('int_xero_gl__report_lines') }}
    where report = 'balance_sheet'
),

months as (
    select distinct tenantid, monthend
    from {{ ref('int_xero_gl__report_lines') }}
    where report = 'balance_sheet'
)

select sides.tenantid, sides.monthend, sides.accountid, sum(sides.ours) as ours, sum(sides.of_xero) as of_xero
from sides
inner join months on sides.tenantid = months.tenantid and sides.monthend = months.monthend
left join set_apart
    on sides.tenantid = set_apart.tenantid and sides.monthend = set_apart.monthend and sides.accountid = set_apart.accountid
where set_apart.accountid is null
group by sides.tenantid, sides.monthend, sides.accountid
having {{ xero_gl.cents('sum(sides.ours)') }} <> sum(sides.of_xero)

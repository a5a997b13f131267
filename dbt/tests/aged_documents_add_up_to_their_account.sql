{{ config(meta={'dagster': {'ref': {'name': 'aged_receivables'}}}) }}
-- At each month end the open documents add up to receivables and payables of the rebuilt ledger, as long as documents explain these.
with control_accounts as (
    select tenantid, debtors as accountid from {{ ref('int_xero_gl__system_accounts') }}
    union all
    select tenantid, creditors from {{ ref('int_xero_gl__system_accounts') }}
),

aged as (
    select tenantid, as_at, accountid, baseamount from {{ ref('aged_receivables') }}
    union all
    select tenantid, as_at, accountid, -baseamount from {{ ref('aged_payables') }}
),

lines as (
    select
        tenantid,
        accountid,
        {{ xero_gl.month_end('journaldate') }} as monthend,
        sum(netamount) as net,
        sum(case when origin = 'DERIVED' then 0 else 1 end) as unexplained
    from {{ ref('rebuilt_journal_lines') }}
    group by tenantid, accountid, {{ xero_gl.month_end('journaldate') }}
),

sides as (
    select tenantid, as_at, accountid, baseamount as open_amount, 0 as balance, 0 as unexplained from aged
    union all
    select months.tenantid, months.monthend, lines.accountid, 0, lines.net, lines.unexplained
    from {{ ref('int_xero_gl__ledger_months') }} as months
    inner join lines on months.tenantid = lines.tenantid and months.monthend >= lines.monthend
)

select sides.tenantid, sides.as_at, sides.accountid, sum(sides.open_amount) as open_amount, sum(sides.balance) as balance
from sides
inner join {{ ref('int_xero_gl__ledger_months') }} as months
    on sides.tenantid = months.tenantid and sides.as_at = months.monthend
inner join control_accounts
    on sides.tenantid = control_accounts.tenantid and sides.accountid = control_accounts.accountid
group by sides.tenantid, sides.as_at, sides.accountid
having sum(sides.open_amount) <> sum(sides.balance) and sum(sides.unexplained) = 0

{{ config(meta={'dagster': {'ref': {'name': 'profit_and_loss_by_month'}}}) }}
-- Every account of each month's profit and loss is Xero's own to the cent. Set apart: where the ledger is made from journals, the
-- accounts of unrealised gains; where it is rebuilt, the month that opens it, and a month in which a financial year ends before the
-- last day, because no trial balance is of that day.
with months as (
    select distinct reports.tenantid, reports.monthend, organisations.has_journals
    from {{ ref('int_xero_gl__report_lines') }} as reports
    inner join {{ ref('int_xero_gl__organisations') }} as organisations on reports.tenantid = organisations.tenantid
    where reports.report = 'profit_and_loss'
),

sides as (
    select tenantid, monthend, accountid, amount as ours, 0 as of_xero from {{ ref('profit_and_loss_by_month') }}
    union all
    select tenantid, monthend, accountid, 0, amount
    from {{ ref('int_xero_gl__report_lines') }}
    where report = 'profit_and_loss'
)

select sides.tenantid, sides.monthend, sides.accountid, sum(sides.ours) as ours, sum(sides.of_xero) as of_xero
from sides
inner join months on sides.tenantid = months.tenantid and sides.monthend = months.monthend
inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on sides.tenantid = accounts.tenantid and sides.accountid = accounts.accountid
left join {{ ref('int_xero_gl__month_ends') }} as month_ends
    on sides.tenantid = month_ends.tenantid and sides.monthend = month_ends.monthend
left join {{ ref('int_xero_gl__financial_years') }} as years
    on
        sides.tenantid = years.tenantid
        and sides.monthend > years.last_day
        and sides.monthend = {{ xero_gl.month_end('years.last_day') }}
where
    not (months.has_journals and coalesce(accounts.systemaccount, '') in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN'))
    and (months.has_journals or (month_ends.previous is not null and years.last_day is null))
group by sides.tenantid, sides.monthend, sides.accountid
having {{ xero_gl.cents('sum(sides.ours)') }} <> sum(sides.of_xero)

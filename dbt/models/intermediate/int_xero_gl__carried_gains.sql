-- By how much a ledger made from journals must differ on retained earnings: the unrealised gains of earlier financial years, for which
-- Xero has no journals. They are what the accounts of gains differed by at the end of each year.
with began as (
    select tenantid, min(journaldate) as day
    from {{ ref('int_xero_gl__ledger_lines') }}
    group by tenantid
),

gains as (
    select differences.tenantid, differences.monthend, sum(differences.difference) as amount
    from {{ ref('int_xero_gl__balance_differences') }} as differences
    inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
        on differences.tenantid = accounts.tenantid and differences.accountid = accounts.accountid
    where accounts.systemaccount in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN')
    group by differences.tenantid, differences.monthend
),

read as (
    select distinct tenantid, monthend from {{ ref('int_xero_gl__balance_differences') }}
),

year_ends as (
    select
        years.tenantid,
        years.last_day,
        coalesce(gains.amount, 0) as amount,
        case when read.monthend is null then 1 else 0 end as unread
    from {{ ref('int_xero_gl__financial_years') }} as years
    inner join began on years.tenantid = began.tenantid and years.last_day >= began.day
    left join read on years.tenantid = read.tenantid and years.last_day = read.monthend
    left join gains on years.tenantid = gains.tenantid and years.last_day = gains.monthend
)

select
    months.tenantid,
    months.monthend,
    sum(year_ends.amount) as amount,
    -- The gains of a year whose end was not read, as when it ends within a month, are not known.
    sum(year_ends.unread) > 0 as is_unknown
from {{ ref('int_xero_gl__ledger_months') }} as months
inner join year_ends on months.tenantid = year_ends.tenantid and months.year_from > year_ends.last_day
group by months.tenantid, months.monthend

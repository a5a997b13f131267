-- By how much a ledger made from journals must differ on retained earnings: the unrealised gains of earlier financial years, for which
-- Xero has no journals. They are what the accounts of gains differed by at the end of each year that was read, and what retained
-- earnings differed by at the first month end that was read.
with gains as (
    select
        differences.tenantid,
        differences.monthend,
        sum(case
            when accounts.systemaccount in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN') then differences.difference
            else 0
        end) as of_year,
        sum(case when accounts.systemaccount = 'RETAINEDEARNINGS' then differences.difference else 0 end) as retained
    from {{ ref('int_xero_gl__balance_differences') }} as differences
    left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
        on differences.tenantid = accounts.tenantid and differences.accountid = accounts.accountid
    group by differences.tenantid, differences.monthend
),

firsts as (
    select tenantid, min(monthend) as monthend
    from gains
    group by tenantid
),

year_ends as (
    select
        firsts.tenantid,
        years.last_day,
        coalesce(gains.of_year, 0) as amount,
        case when gains.monthend is null then 1 else 0 end as unread
    from firsts
    inner join {{ ref('int_xero_gl__financial_years') }} as years
        on firsts.tenantid = years.tenantid and firsts.monthend <= years.last_day
    left join gains on years.tenantid = gains.tenantid and years.last_day = gains.monthend
)

select
    months.tenantid,
    months.monthend,
    opening.retained + coalesce(sum(year_ends.amount), 0) as amount,
    -- The gains of a year whose end was not read, as when it ends within a month, are not known.
    coalesce(sum(year_ends.unread), 0) > 0 as is_unknown
from {{ ref('int_xero_gl__ledger_months') }} as months
inner join firsts on months.tenantid = firsts.tenantid and months.monthend >= firsts.monthend
inner join gains as opening on firsts.tenantid = opening.tenantid and firsts.monthend = opening.monthend
left join year_ends on months.tenantid = year_ends.tenantid and months.year_from > year_ends.last_day
group by months.tenantid, months.monthend, opening.retained

-- Do the journals agree with Xero's trial balance? The result has a row for every month end and account: the balance computed
-- from the journal lines, the balance that Xero reports, and the difference. In the duckdb command line:
--   .read demo/month_end_balances.sql
--
-- It reads the tables of five streams: journal_lines, trial_balance_lines, accounts, organisations and currencies. They must be
-- complete: read the journals without filters (starting_at_journal_id, ending_at_journal_id, modified_since), and in the same
-- sync as the trial balance. Several organisations may share the tables.
--
-- Amounts are in the base currency, a debit is positive, and they are compared to the cent. A row is an error when its
-- difference is not zero and set_apart is null; set_apart says why Xero may show an amount that no journal explains.
--
-- Both sides are rounded to cents: loaders take amounts through floating-point numbers, which are wrong in the ninth decimal
-- place from some millions up.

with readings as (    -- Xero's side. A month that is not locked is read in every sync: the latest reading counts
    select * from trial_balance_lines
    qualify updateddateutc is not distinct from max(updateddateutc) over (partition by tenantid, "date")
),

xero as (
    select
        tenantid, "date" as month_end, accountid, min(account) as label,
        sum(coalesce(ytddebit, 0) - coalesce(ytdcredit, 0))::decimal(38, 2) as balance
    from readings
    where accountid is not null    -- totals have none
    group by all
),

month_ends as (
    select distinct tenantid, "date" as month_end from readings
),

year_ends as (    -- "31 April" is 30 April; 29 February is 28 February in most years
    select
        tenantid,
        least(
            make_date(calendar_year, financialyearendmonth, 1) + (financialyearendday - 1)::integer,
            last_day(make_date(calendar_year, financialyearendmonth, 1))
        ) as year_end
    from organisations
    join (
        select tenantid, year(min(day)) - 1 as first_year, year(max(day)) + 1 as last_year
        from (select tenantid, journaldate as day from journal_lines union all from month_ends)
        group by all
    ) using (tenantid), unnest(generate_series(first_year, last_year)) as years(calendar_year)
),

years as (    -- the financial years
    select
        tenantid, year_end + 1 as first_day, lead(year_end) over (partition by tenantid order by year_end) as last_day
    from year_ends
),

profit_types(accounttype, class) as (    -- for accounts that have left the chart: their journal lines name the type
    values ('REVENUE', 'REVENUE'), ('SALES', 'REVENUE'), ('OTHERINCOME', 'REVENUE'), ('EXPENSE', 'EXPENSE'),
        ('OVERHEADS', 'EXPENSE'), ('DIRECTCOSTS', 'EXPENSE'), ('DEPRECIATN', 'EXPENSE'), ('WAGESEXPENSE', 'EXPENSE'),
        ('SUPERANNUATIONEXPENSE', 'EXPENSE')
),

booked as (
    select
        tenantid, accountid, arg_max(accounttype, journalnumber) as accounttype,
        arg_max(accountcode, journalnumber) as accountcode, arg_max(accountname, journalnumber) as accountname
    from journal_lines
    group by all
),

currency_counts as (
    select tenantid, count(distinct code) as currency_count from currencies group by all
),

chart as (    -- every account of either side
    select
        tenantid, accountid, systemaccount,
        coalesce(code, accountcode, '') as code,
        coalesce(accounts.name, accountname, label, accountid) as name,
        coalesce(accounts.class, profit_types.class, 'OTHER') as class,
        case    -- Xero revalues foreign money at every month end without a journal
            when systemaccount in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN') then 'gains and losses of revaluations'
            when type = 'BANK' and coalesce(currencycode, '') not in ('', basecurrency)
            then 'bank account in ' || currencycode
            when systemaccount in ('DEBTORS', 'CREDITORS') and currency_count > 1 then 'owed in several currencies'
        end as revalued
    from (
        select tenantid, accountid from accounts
        union select tenantid, accountid from booked
        union select tenantid, accountid from xero
    )
    left join accounts using (tenantid, accountid)
    left join booked using (tenantid, accountid)
    left join profit_types using (accounttype)
    left join (select tenantid, accountid, min(label) as label from xero group by all) using (tenantid, accountid)
    left join organisations using (tenantid)
    left join currency_counts using (tenantid)
),

movements as (    -- the journals' side, added up by account, financial year and month
    select
        lines.tenantid, lines.accountid, chart.class in ('REVENUE', 'EXPENSE') as is_profit, years.first_day,
        last_day(lines.journaldate) as month_end, sum(lines.netamount) as net
    from journal_lines as lines
    join chart on chart.tenantid = lines.tenantid and chart.accountid = lines.accountid
    join years on years.tenantid = lines.tenantid and lines.journaldate between years.first_day and years.last_day
    group by all
),

retained as (
    select tenantid, min(accountid) as accountid from accounts where systemaccount = 'RETAINEDEARNINGS' group by all
),

journals as (    -- income and expense count from the start of the financial year; earlier profit is retained earnings
    select
        month_ends.tenantid, month_ends.month_end,
        case
            when movements.is_profit and movements.first_day < years.first_day
            then coalesce(retained.accountid, 'no account RETAINEDEARNINGS')
            else movements.accountid
        end as accountid,
        sum(movements.net)::decimal(38, 2) as balance
    from month_ends
    join years on years.tenantid = month_ends.tenantid
        and month_ends.month_end between years.first_day and years.last_day
    join movements on movements.tenantid = month_ends.tenantid and movements.month_end <= month_ends.month_end
    left join retained on retained.tenantid = month_ends.tenantid
    group by all
),

compared as (    -- an account that one side does not show has no balance there
    select
        tenantid, month_end, accountid,
        coalesce(journals.balance, 0) as from_journals,
        coalesce(xero.balance, 0) as from_xero,
        from_journals - from_xero as difference
    from journals full join xero using (tenantid, month_end, accountid)
),

carried as (    -- gains of earlier years are in retained earnings too: what the accounts of gains held at each year end
    select
        now.tenantid, now.month_end,
        coalesce(sum(compared.difference), 0) as gains,
        count(*) filter (where past.last_day >= began.day and reading.month_end is null) as year_ends_without_reading
    from month_ends as now
    join years on years.tenantid = now.tenantid and now.month_end between years.first_day and years.last_day
    join (select tenantid, min(journaldate) as day from journal_lines group by all) as began on began.tenantid = now.tenantid
    join years as past on past.tenantid = now.tenantid and past.last_day < years.first_day
    left join month_ends as reading on reading.tenantid = now.tenantid and reading.month_end = past.last_day
    left join chart on chart.tenantid = now.tenantid and chart.systemaccount in ('UNREALISEDCURRENCYGAIN', 'BANKCURRENCYGAIN')
    left join compared on compared.tenantid = now.tenantid and compared.month_end = past.last_day
        and compared.accountid = chart.accountid
    group by all
)

select
    compared.tenantid, compared.month_end, years.first_day as financial_year_from, compared.accountid,
    coalesce(chart.code, '') as code, coalesce(chart.name, compared.accountid) as name, chart.class,
    compared.from_journals, compared.from_xero, compared.difference,
    coalesce(
        chart.revalued,
        case
            when systemaccount = 'RETAINEDEARNINGS' and difference <> 0
                and (difference = gains or (year_ends_without_reading > 0 and currency_count > 1))
            then 'gains and losses of earlier years'
        end
    ) as set_apart
from compared
join years on years.tenantid = compared.tenantid and compared.month_end between years.first_day and years.last_day
left join chart on chart.tenantid = compared.tenantid and chart.accountid = compared.accountid
left join carried on carried.tenantid = compared.tenantid and carried.month_end = compared.month_end
left join currency_counts on currency_counts.tenantid = compared.tenantid
order by compared.tenantid, compared.month_end, chart.class, code, name;

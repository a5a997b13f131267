-- The trial balance of one organisation as Xero reports it, from the journal lines alone. In the duckdb command line:
--   set variable as_at = date '2026-09-30';
--   .read demo/trial_balance.sql
-- Amounts are in the organisation's base currency. In journals a debit is positive, a credit negative.

with financial_year as (    -- begins on the day after the last year end before the date
    select max(year_end) + 1 as first_day
    from (
        select least(
                   make_date(year, financialyearendmonth, 1) + (financialyearendday - 1)::integer,
                   last_day(make_date(year, financialyearendmonth, 1))    -- "29 February"
               ) as year_end
        from organisations, unnest([year(getvariable('as_at')), year(getvariable('as_at')) - 1]) as years(year)
    )
    where year_end < getvariable('as_at')
),

retained_earnings as (
    select accountid from accounts where systemaccount = 'RETAINEDEARNINGS'
),

profit_accounts as (    -- an account that has left the chart has the type that its journal lines name
    select distinct accountid
    from journal_lines left join accounts using (accountid)
    where class in ('REVENUE', 'EXPENSE') or class is null and accounttype in (
        'REVENUE', 'SALES', 'OTHERINCOME', 'EXPENSE', 'OVERHEADS', 'DIRECTCOSTS', 'DEPRECIATN', 'WAGESEXPENSE',
        'SUPERANNUATIONEXPENSE'
    )
),

lines as (    -- one row for each journal line up to the date
    select journaldate, accountid, netamount as net from journal_lines where journaldate <= getvariable('as_at')
),

movements as (    -- Debit and Credit: what happened in the month of the date
    select accountid, net as month, 0 as year_to_date
    from lines
    where journaldate >= date_trunc('month', getvariable('as_at'))
),

balances as (    -- YTD Debit and YTD Credit: the profit of earlier years is in retained earnings
    select
        case
            when journaldate < (select first_day from financial_year) and accountid in (from profit_accounts)
            then (select accountid from retained_earnings)
            else accountid
        end as accountid,
        0 as month,
        net as year_to_date
    from lines
),

totals as (    -- in cents: loaders take amounts through floating-point numbers
    select accountid, sum(month)::decimal(38, 2) as month, sum(year_to_date)::decimal(38, 2) as year_to_date
    from (from movements union all from balances)
    group by all
)

select
    accountid as account_id,
    coalesce(code, '') as code,
    coalesce(name, '(not in the chart of accounts)') as name,
    coalesce(class, 'OTHER') as class,
    greatest(month, 0) as debit,
    greatest(-month, 0) as credit,
    greatest(year_to_date, 0) as ytd_debit,
    greatest(-year_to_date, 0) as ytd_credit
from totals left join accounts using (accountid)
where month <> 0 or year_to_date <> 0
order by list_position(['REVENUE', 'EXPENSE', 'ASSET', 'LIABILITY', 'EQUITY'], class) nulls last, name;

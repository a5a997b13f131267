-- The month ends with a trial balance, from the first that has a figure on, each with the one before it and their financial years.
with firsts as (
    select tenantid, min(monthend) as monthend
    from {{ ref('int_xero_gl__trial_balances') }}
    where balance <> 0
    group by tenantid
),

read as (
    select distinct trial_balance.tenantid, trial_balance.date as monthend
    from {{ ref('stg_xero_gl__trial_balance_lines') }} as trial_balance
    inner join firsts on trial_balance.tenantid = firsts.tenantid and trial_balance.date >= firsts.monthend
)

select
    read.tenantid,
    read.monthend,
    years.first_day as year_from,
    lag(read.monthend) over (partition by read.tenantid order by read.monthend) as previous,
    lead(read.monthend) over (partition by read.tenantid order by read.monthend) as next,
    lead(years.first_day) over (partition by read.tenantid order by read.monthend) as next_year_from
from read
inner join {{ ref('int_xero_gl__financial_years') }} as years
    on read.tenantid = years.tenantid and read.monthend between years.first_day and years.last_day

-- The balance of each account and tracking after each month in which it changes, debit positive, and the month of the next change.
-- Income and expense count from the first day of a financial year: when the next one has begun, they are retained earnings.
with days as (
    select tenantid, accountid, journaldate, {{ xero_gl.tracking_names() }}, sum(netamount) as net
    from {{ ref('int_xero_gl__ledger_lines') }}
    group by tenantid, accountid, journaldate, {{ xero_gl.tracking_names() }}
),

movements as (
    select
        days.*,
        {{ xero_gl.month_end('days.journaldate') }} as monthend,
        accounts.is_profit,
        -- The first month end of the next financial year, which is that of its own month where a year ends within one.
        {{ xero_gl.month_end(dbt.dateadd('day', 1, 'years.last_day')) }} as retainedfrom,
        coalesce(system_accounts.retained_earnings, 'RETAINEDEARNINGS') as retainedaccountid
    from days
    left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
        on days.tenantid = accounts.tenantid and days.accountid = accounts.accountid
    left join {{ ref('int_xero_gl__financial_years') }} as years
        on days.tenantid = years.tenantid and days.journaldate between years.first_day and years.last_day
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on days.tenantid = system_accounts.tenantid
),

changes as (
    select tenantid, accountid, monthend, {{ xero_gl.tracking_names() }}, net
    from movements
    union all
    select tenantid, accountid, retainedfrom, {{ xero_gl.tracking_names() }}, -net
    from movements
    where is_profit
    union all
    select tenantid, retainedaccountid, retainedfrom, {{ xero_gl.tracking_names() }}, net
    from movements
    where is_profit
),

by_month as (
    select tenantid, accountid, monthend, {{ xero_gl.tracking_names() }}, sum(changes.net) as net
    from changes
    group by tenantid, accountid, monthend, {{ xero_gl.tracking_names() }}
    having sum(changes.net) <> 0
)

{%- set so_far = 'partition by tenantid, accountid, ' ~ xero_gl.tracking_names() ~ ' order by monthend' %}

select
    tenantid,
    accountid,
    {{ xero_gl.tracking_names() }},
    monthend,
    sum(net) over ({{ so_far }}) as balance,
    lead(monthend) over ({{ so_far }}) as nextmonthend
from by_month

-- Xero's balance of each account at each month end that was read, debit positive: the latest reading.
with latest as (
    select tenantid, date, max(updateddateutc) as updateddateutc
    from {{ ref('stg_xero_gl__trial_balance_lines') }}
    group by tenantid, date
)

select
    lines.tenantid,
    lines.date as monthend,
    lines.accountid,
    {{ xero_gl.cents('sum(coalesce(lines.ytddebit, 0) - coalesce(lines.ytdcredit, 0))') }} as balance
from {{ ref('stg_xero_gl__trial_balance_lines') }} as lines
inner join latest
    on lines.tenantid = latest.tenantid and lines.date = latest.date and lines.updateddateutc = latest.updateddateutc
where lines.accountid is not null
group by lines.tenantid, lines.date, lines.accountid

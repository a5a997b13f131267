-- Two days on which a month counts as done: that of the trial balance which was read last, as Xero reported the month to those who use
-- these tables; and a number of days after its end, because without a lock date a trial balance is read again in each sync. Xero does
-- not say when a lock date was set, so that the lock date itself only says whether the month is closed now.
with reports as (
    select tenantid, date as monthend, max(updateddateutc) as reported_at
    from {{ ref('stg_xero_gl__trial_balance_lines') }}
    group by tenantid, date
),

months as (
    select
        months.tenantid,
        months.monthend,
        reports.reported_at,
        cast(
            {{ dbt.dateadd('day', var('xero_gl_days_to_close') | int + 1, 'months.monthend') }} as {{ xero_gl.type_of('instant') }}
        ) as done_at,
        coalesce(
            months.monthend <= organisations.periodlockdate or months.monthend <= organisations.endofyearlockdate, false
        ) as is_locked
    from {{ ref('int_xero_gl__ledger_months') }} as months
    inner join {{ ref('int_xero_gl__organisations') }} as organisations on months.tenantid = organisations.tenantid
    left join reports on months.tenantid = reports.tenantid and months.monthend = reports.monthend
)

select
    lines.tenantid,
    months.monthend,
    case when lines.createddateutc > months.reported_at then 'AFTER THE REPORT' else 'AFTER THE DAYS TO CLOSE' end as reason,
    months.is_locked,
    months.reported_at,
    {{ dbt.datediff('months.monthend', 'lines.createddateutc', 'day') }} as days_after,
    lines.journallineid,
    lines.journalid,
    lines.journalnumber,
    lines.journaldate,
    lines.createddateutc,
    lines.accountid,
    lines.accountcode,
    lines.accountname,
    lines.accountclass,
    lines.netamount,
    lines.sourcetype,
    lines.sourceid,
    lines.documentnumber,
    lines.contactname,
    lines.reversesjournalid
from {{ ref('general_ledger') }} as lines
inner join months
    on lines.tenantid = months.tenantid and {{ xero_gl.month_end('lines.journaldate') }} = months.monthend
where
    lines.origin = 'JOURNAL'
    and (lines.createddateutc > months.reported_at or lines.createddateutc >= months.done_at)

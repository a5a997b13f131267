-- The accounts of Xero's own profit and loss and balance sheet at each month end: the latest reading of each, totals left out.
with lines as (
    {%- for report in ['profit_and_loss', 'balance_sheet'] %}
    select
        '{{ report }}' as report, tenantid, date, section, accountid, account, amount, updateddateutc,
        max(updateddateutc) over (partition by tenantid, date) as latest
    from {{ ref('stg_xero_gl__' ~ report ~ '_lines') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    lines.report,
    lines.tenantid,
    lines.date as monthend,
    lines.section,
    -- Earnings of the current year are no account of the chart.
    coalesce(accounts.accountid, 'CURRENTYEAREARNINGS') as accountid,
    {{ xero_gl.cents('sum(lines.amount)') }} as amount
from lines
left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on lines.tenantid = accounts.tenantid and lines.accountid = accounts.accountid
where lines.accountid is not null and lines.updateddateutc = lines.latest
group by lines.report, lines.tenantid, lines.date, lines.section, coalesce(accounts.accountid, 'CURRENTYEAREARNINGS')

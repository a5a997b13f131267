-- What the documents post to each account in each month, beside what Xero's trial balance has more.
with derived as (
    select
        tenantid,
        {{ xero_gl.month_end('journaldate') }} as monthend,
        accountid,
        sum(netamount) as net,
        sum(case when currencyrate <> 1 then 1 else 0 end) as foreign_lines
    from {{ ref('rebuilt_journal_lines') }}
    where origin = 'DERIVED'
    group by tenantid, {{ xero_gl.month_end('journaldate') }}, accountid
),

cells as (
    select tenantid, monthend, accountid from derived
    union distinct
    select tenantid, journaldate, accountid
    from {{ ref('rebuilt_journal_lines') }}
    where origin <> 'DERIVED'
),

joined as (
    select
        cells.tenantid,
        cells.monthend,
        cells.accountid,
        coalesce(derived.net, 0) as from_documents,
        coalesce(residuals.amount, 0) as unexplained,
        residuals.origin,
        coalesce(derived.foreign_lines, 0) as foreign_lines
    from cells
    left join derived
        on cells.tenantid = derived.tenantid and cells.monthend = derived.monthend and cells.accountid = derived.accountid
    left join {{ ref('int_xero_gl__residuals') }} as residuals
        on cells.tenantid = residuals.tenantid and cells.monthend = residuals.monthend and cells.accountid = residuals.accountid
)

select
    joined.*,
    sum(foreign_lines) over (partition by tenantid, monthend) as foreign_lines_of_month
from joined

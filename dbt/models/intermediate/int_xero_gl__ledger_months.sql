-- The month ends of each organisation: of months that have ledger lines, and those with a trial balance; with their financial year.
with months as (
    select tenantid, {{ xero_gl.month_end('journaldate') }} as monthend
    from {{ ref('int_xero_gl__ledger_lines') }}
    union all
    select tenantid, date
    from {{ ref('stg_xero_gl__trial_balance_lines') }}
)

select distinct
    months.tenantid,
    months.monthend,
    years.first_day as year_from
from months
left join {{ ref('int_xero_gl__financial_years') }} as years
    on months.tenantid = years.tenantid and months.monthend between years.first_day and years.last_day

-- For each day on which something is posted the first trial balance that covers it. Days after the last one have none.
with days as (
    select distinct tenantid, date from {{ ref('int_xero_gl__entries') }}
),

ordered as (
    select tenantid, date, cast(null as date) as monthend from days
    union all
    select tenantid, monthend, monthend from {{ ref('int_xero_gl__month_ends') }}
),

covered as (
    select distinct
        tenantid,
        date,
        min(monthend) over (
            partition by tenantid order by date desc range between unbounded preceding and current row
        ) as monthend
    from ordered
)

select
    covered.tenantid,
    covered.date,
    covered.monthend,
    -- Profit of a financial year that had ended by then is in retained earnings.
    covered.date < month_ends.year_from as is_of_earlier_year
from covered
inner join days on covered.tenantid = days.tenantid and covered.date = days.date
inner join {{ ref('int_xero_gl__month_ends') }} as month_ends
    on covered.tenantid = month_ends.tenantid and covered.monthend = month_ends.monthend

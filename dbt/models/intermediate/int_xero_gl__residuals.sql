-- What Xero's trial balance has beside the documents: its change from month end to month end, less what the documents post in between.
-- With these lines every balance is Xero's. The first month end holds all that was before: OPENING.
-- A balance of income or expense that a financial year closes goes on in retained earnings, so no year end shows as a change.
with changes as (
    -- Each balance is there at its own month end and no longer at the next, where the next balance takes its place.
    select tenantid, monthend, accountid, balance as amount
    from {{ ref('int_xero_gl__trial_balances') }}
    union all
    select
        balances.tenantid,
        month_ends.next,
        case
            when chart.is_profit and month_ends.next_year_from <> month_ends.year_from then system_accounts.retained_earnings
            else balances.accountid
        end,
        -balances.balance
    from {{ ref('int_xero_gl__trial_balances') }} as balances
    inner join {{ ref('int_xero_gl__month_ends') }} as month_ends
        on balances.tenantid = month_ends.tenantid and balances.monthend = month_ends.monthend
    inner join {{ ref('int_xero_gl__chart') }} as chart
        on balances.tenantid = chart.tenantid and balances.accountid = chart.accountid
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on balances.tenantid = system_accounts.tenantid
    where month_ends.next is not null
    union all
    select
        postings.tenantid,
        months.monthend,
        case when chart.is_profit and months.is_of_earlier_year then system_accounts.retained_earnings else postings.accountid end,
        -postings.net
    from {{ ref('int_xero_gl__postings') }} as postings
    inner join {{ ref('int_xero_gl__entries') }} as entries
        on
            postings.tenantid = entries.tenantid
            and postings.sourcetype = entries.sourcetype
            and postings.sourceid = entries.sourceid
    inner join {{ ref('int_xero_gl__compared_months') }} as months
        on entries.tenantid = months.tenantid and entries.date = months.date
    left join {{ ref('int_xero_gl__chart') }} as chart
        on postings.tenantid = chart.tenantid and postings.accountid = chart.accountid
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on postings.tenantid = system_accounts.tenantid
)

select
    changes.tenantid,
    changes.monthend,
    changes.accountid,
    cast(sum(changes.amount) as {{ xero_gl.type_of('cents') }}) as amount,
    case when month_ends.previous is null then 'OPENING' else 'UNEXPLAINED' end as origin
from changes
inner join {{ ref('int_xero_gl__month_ends') }} as month_ends
    on changes.tenantid = month_ends.tenantid and changes.monthend = month_ends.monthend
group by changes.tenantid, changes.monthend, changes.accountid, month_ends.previous
having sum(changes.amount) <> 0

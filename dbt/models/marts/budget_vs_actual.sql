-- A budget without tracking is compared with all lines of an account, one of a tracking option with the lines that have the option.
with budget_lines as (
    select
        tenantid,
        budgetid,
        budgettype,
        budget,
        {{ xero_gl.tracking_names() }},
        accountid,
        {{ xero_gl.month_end('month') }} as monthend,
        sum(amount) as amount
    from {{ ref('stg_xero_gl__budget_lines') }}
    group by tenantid, budgetid, budgettype, budget, {{ xero_gl.tracking_names() }}, accountid, {{ xero_gl.month_end('month') }}
),

budgets as (
    select
        tenantid,
        budgetid,
        budgettype,
        budget,
        {{ xero_gl.tracking_names() }},
        min(monthend) as first_month,
        max(monthend) as last_month
    from budget_lines
    group by tenantid, budgetid, budgettype, budget, {{ xero_gl.tracking_names() }}
),

movements as (
    select
        tenantid,
        accountid,
        {{ xero_gl.month_end('journaldate') }} as monthend,
        tracking1optionid,
        tracking2optionid,
        sum(netamount) as net
    from {{ ref('int_xero_gl__ledger_lines') }}
    group by tenantid, accountid, {{ xero_gl.month_end('journaldate') }}, tracking1optionid, tracking2optionid
),

cells as (
    select tenantid, budgetid, accountid, monthend, amount as budgeted, cast(0 as {{ xero_gl.type_of('amount') }}) as net
    from budget_lines
    union all
    -- Also what was earned or spent without a budget, in the months that the budget has.
    select budgets.tenantid, budgets.budgetid, movements.accountid, movements.monthend, 0, movements.net
    from budgets
    inner join movements
        on
            budgets.tenantid = movements.tenantid
            and movements.monthend between budgets.first_month and budgets.last_month
            and (
                budgets.tracking1optionid is null
                or budgets.tracking1optionid in (movements.tracking1optionid, movements.tracking2optionid)
            )
            and (
                budgets.tracking2optionid is null
                or budgets.tracking2optionid in (movements.tracking1optionid, movements.tracking2optionid)
            )
),

totals as (
    select tenantid, budgetid, accountid, monthend, sum(budgeted) as budgeted, sum(net) as net
    from cells
    group by tenantid, budgetid, accountid, monthend
)

select
    totals.tenantid,
    totals.budgetid,
    budgets.budgettype,
    budgets.budget,
    {{ xero_gl.tracking_names('budgets') }},
    totals.monthend,
    accounts.section,
    accounts.section_place,
    totals.accountid,
    accounts.code as accountcode,
    accounts.name as accountname,
    totals.budgeted,
    accounts.sign * totals.net as actual,
    accounts.sign * totals.net - totals.budgeted as variance
from totals
inner join budgets on totals.tenantid = budgets.tenantid and totals.budgetid = budgets.budgetid
inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on totals.tenantid = accounts.tenantid and totals.accountid = accounts.accountid
where accounts.is_profit or totals.budgeted <> 0

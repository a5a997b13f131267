-- Both sides of the proof at each month end that was read, in cents. An account that one side does not show has no balance there.
with months as (
    select distinct trial_balance.tenantid, trial_balance.date as monthend
    from {{ ref('stg_xero_gl__trial_balance_lines') }} as trial_balance
    inner join {{ ref('int_xero_gl__organisations') }} as organisations on trial_balance.tenantid = organisations.tenantid
    -- A rebuilt ledger begins with the first trial balance that has a figure: documents of earlier years are no balance yet.
    left join {{ ref('int_xero_gl__month_ends') }} as month_ends
        on trial_balance.tenantid = month_ends.tenantid and trial_balance.date = month_ends.monthend
    where organisations.has_journals or month_ends.monthend is not null
),

sides as (
    select tenantid, monthend, accountid, balance as from_ledger, cast(0 as {{ xero_gl.type_of('cents') }}) as from_xero
    from {{ ref('int_xero_gl__balances') }}
    union all
    select tenantid, monthend, accountid, 0, balance
    from {{ ref('int_xero_gl__trial_balances') }}
),

compared as (
    select
        sides.tenantid,
        sides.monthend,
        sides.accountid,
        {{ xero_gl.cents('sum(sides.from_ledger)') }} as from_ledger,
        {{ xero_gl.cents('sum(sides.from_xero)') }} as from_xero
    from sides
    inner join months on sides.tenantid = months.tenantid and sides.monthend = months.monthend
    group by sides.tenantid, sides.monthend, sides.accountid
)

select
    tenantid,
    monthend,
    accountid,
    from_ledger,
    from_xero,
    from_ledger - from_xero as difference
from compared

-- The balance of each account and tracking at each month end of its organisation, where it is not zero; debit positive.
select
    months.tenantid,
    months.monthend,
    changes.accountid,
    {{ xero_gl.tracking_names('changes') }},
    changes.balance
from {{ ref('int_xero_gl__ledger_months') }} as months
inner join {{ ref('int_xero_gl__balance_changes') }} as changes
    on
        months.tenantid = changes.tenantid
        and months.monthend >= changes.monthend
        and (months.monthend < changes.nextmonthend or changes.nextmonthend is null)
where changes.balance <> 0

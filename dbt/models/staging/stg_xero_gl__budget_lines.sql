with landed as (
    {{ xero_gl.landed('budgets', {
        'TenantID': 'text',
        'BudgetID': 'text',
        'Type': 'text',
        'Description': 'text',
        'BudgetLines': 'json',
        'Tracking': 'json',
    }) | indent }}
)

select
    landed.tenantid,
    landed.budgetid,
    landed.type as budgettype,
    landed.description as budget,
    {{ xero_gl.tracking_columns(xero_gl.json_texts('landed.tracking', xero_gl.tracking_paths('')), '') }},
    {{ xero_gl.json_text('line.item', 'AccountID') }} as accountid,
    {{ xero_gl.json_text('line.item', 'AccountCode') }} as accountcode,
    cast({{ xero_gl.json_text('balance.item', 'Period') }} || '-01' as date) as month,
    cast({{ xero_gl.json_text('balance.item', 'Amount') }} as {{ xero_gl.type_of('amount') }}) as amount
from landed
{{ xero_gl.join_items('landed.budgetlines', 'line') }}
{{ xero_gl.join_items(xero_gl.json_field('line.item', 'BudgetBalances'), 'balance') }}

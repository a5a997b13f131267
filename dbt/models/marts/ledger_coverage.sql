-- How much of a rebuilt ledger agrees with Xero's trial balance: a row for each organisation.
{%- set hints = {
    'currency_revaluation': 'currency revaluation',
    'currency_rounding': 'currency rounding',
    'conversion_balances': 'conversion balances',
    'payroll': 'payroll',
    'expense_claims': 'expense claims',
    'tax': 'tax of expense claims, tax returns',
    'tracked_inventory': 'tracked inventory',
    'fixed_assets': 'fixed assets',
} %}

select
    tenantid,
    sum(case when state in ('EXPLAINED', 'UNEXPLAINED') then 1 else 0 end) as account_months,
    sum(case when state = 'EXPLAINED' then 1 else 0 end) as exact,
    sum(case when state = 'UNEXPLAINED' then 1 else 0 end) as inexact,
    sum(case when state = 'NOT COMPARED' then 1 else 0 end) as not_compared,
    sum(case when is_failure then 1 else 0 end) as failures,
    sum(case when state in ('EXPLAINED', 'UNEXPLAINED') then abs(from_xero) else 0 end) as moved,
    sum(case when state = 'UNEXPLAINED' then abs(unexplained) else 0 end) as unexplained,
    {%- for name, hint in hints.items() %}
    sum(case when state = 'UNEXPLAINED' and hint = '{{ hint }}' then abs(unexplained) else 0 end) as unexplained_{{ name }},
    {%- endfor %}
    sum(case when state = 'UNEXPLAINED' and hint is null then abs(unexplained) else 0 end) as unexplained_without_hint,
    sum(case when state in ('EXPLAINED', 'UNEXPLAINED') and accountclass in ('REVENUE', 'EXPENSE') then abs(from_xero) else 0 end)
        as moved_in_profit,
    sum(case when state = 'UNEXPLAINED' and accountclass in ('REVENUE', 'EXPENSE') then abs(unexplained) else 0 end)
        as unexplained_in_profit
from {{ ref('reconciliation') }}
group by tenantid

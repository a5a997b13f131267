-- How far the documents explain Xero's trial balance, for each account and month, and where to look for the rest.
with cells as (
    select
        cells.*,
        chart.code as accountcode,
        chart.name as accountname,
        chart.class as accountclass,
        chart.type,
        chart.systemaccount,
        coalesce(chart.is_foreign, false) as is_foreign,
        month_ends.monthend is not null as is_compared,
        month_ends.previous is null as is_first,
        coalesce(residual_months.has_conversion, false) as has_conversion,
        coalesce(currencies_used.number, 1) > 1 as has_currencies,
        -- A cent for each foreign line is rounding.
        coalesce(residual_months.left_over, 0) <= 0.01 * cells.foreign_lines_of_month as is_only_revalued,
        stock_accounts.accountid is not null as is_stock
    from {{ ref('int_xero_gl__account_months') }} as cells
    left join {{ ref('int_xero_gl__chart') }} as chart
        on cells.tenantid = chart.tenantid and cells.accountid = chart.accountid
    left join {{ ref('int_xero_gl__month_ends') }} as month_ends
        on cells.tenantid = month_ends.tenantid and cells.monthend = month_ends.monthend
    left join {{ ref('int_xero_gl__residual_months') }} as residual_months
        on cells.tenantid = residual_months.tenantid and cells.monthend = residual_months.monthend
    left join {{ ref('int_xero_gl__currencies_used') }} as currencies_used on cells.tenantid = currencies_used.tenantid
    left join {{ ref('int_xero_gl__stock_accounts') }} as stock_accounts
        on cells.tenantid = stock_accounts.tenantid and cells.accountid = stock_accounts.accountid
)

select
    tenantid,
    monthend,
    accountid,
    accountcode,
    accountname,
    accountclass,
    from_documents,
    unexplained,
    from_documents + unexplained as from_xero,
    case
        when not is_compared then 'NOT COMPARED'
        when is_first then 'OPENING'
        when origin is null then 'EXPLAINED'
        else 'UNEXPLAINED'
    end as state,
    case
        when origin is null then null
        when origin = 'OPENING' then 'balances before the first month'
        when
            is_only_revalued
            and (
                is_foreign
                or systemaccount in ('BANKCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN')
                or (systemaccount in ('DEBTORS', 'CREDITORS') and has_currencies)
            ) then 'currency revaluation'
        when abs(unexplained) <= 0.01 * foreign_lines then 'currency rounding'
        when has_conversion then 'conversion balances'
        when
            systemaccount = 'WAGEPAYABLES'
            or type like 'WAGES%' or type like 'SUPERANN%' or type like 'PAYG%' then 'payroll'
        when systemaccount = 'UNPAIDEXPCLM' then 'expense claims'
        when systemaccount in ('GST', 'GSTONIMPORTS') then 'tax of expense claims, tax returns'
        when is_stock then 'tracked inventory'
        when type in ('DEPRECIATN', 'FIXED') then 'fixed assets'
    end as hint,
    -- Money, receivables and payables must be explained: by a revaluation where there are several currencies, else by documents.
    coalesce(origin, 'OPENING') <> 'OPENING' and not has_conversion and case
        when type = 'BANK' and not is_foreign then true
        when systemaccount in ('DEBTORS', 'CREDITORS') or is_foreign then not (has_currencies and is_only_revalued)
        else false
    end as is_failure
from cells

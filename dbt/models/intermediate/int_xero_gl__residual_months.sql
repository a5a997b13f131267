-- What the residuals of a month say together, for each organisation: whether conversion balances were entered in it, and what is left
-- over of the accounts that a currency revaluation moves against one another. A revaluation leaves nothing over, a lost document does.
select
    residuals.tenantid,
    residuals.monthend,
    max(case when chart.systemaccount = 'HISTORICAL' then 1 else 0 end) = 1 as has_conversion,
    abs(sum(case
        when
            chart.is_foreign or chart.systemaccount in ('DEBTORS', 'CREDITORS', 'BANKCURRENCYGAIN', 'UNREALISEDCURRENCYGAIN')
            then residuals.amount
        else 0
    end)) as left_over
from {{ ref('int_xero_gl__residuals') }} as residuals
left join {{ ref('int_xero_gl__chart') }} as chart
    on residuals.tenantid = chart.tenantid and residuals.accountid = chart.accountid
group by residuals.tenantid, residuals.monthend

-- At each month end assets less liabilities are equity.
select tenantid, monthend, sum(balance) as difference
from {{ ref('balance_sheet_by_month') }}
group by tenantid, monthend
having sum(balance) <> 0

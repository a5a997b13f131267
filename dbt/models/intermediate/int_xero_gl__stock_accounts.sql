-- Accounts that tracked items post to without a document: stock, and the cost of what was sold.
with codes as (
    select tenantid, cogsaccountcode as code
    from {{ ref('stg_xero_gl__items') }}
    where istrackedasinventory
    union distinct
    select tenantid, inventoryassetaccountcode
    from {{ ref('stg_xero_gl__items') }}
    where istrackedasinventory
)

select chart.tenantid, chart.accountid
from {{ ref('int_xero_gl__chart') }} as chart
left join codes on chart.tenantid = codes.tenantid and chart.code = codes.code
where chart.type = 'INVENTORY' or codes.code is not null

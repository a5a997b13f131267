-- The share of each tax rate that cannot be claimed back.
select
    tenantid,
    taxtype,
    sum(case when isnonrecoverable then rate else 0 end) / nullif(sum(rate), 0) as unclaimed
from {{ ref('stg_xero_gl__tax_components') }}
group by tenantid, taxtype

-- How many currencies each organisation has to do with. Only with more than one can a balance be revalued.
with codes as (
    select tenantid, code from {{ ref('stg_xero_gl__currencies') }}
    union distinct
    select tenantid, currencycode from {{ ref('int_xero_gl__documents') }}
    union distinct
    select tenantid, basecurrency from {{ ref('stg_xero_gl__organisations') }}
)

select tenantid, count(*) as number
from codes
where code is not null
group by tenantid

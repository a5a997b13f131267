-- The accounts that Xero itself maintains, found by their role and never by code or name.
select
    tenantid,
    min(case when systemaccount = 'DEBTORS' then accountid end) as debtors,
    min(case when systemaccount = 'CREDITORS' then accountid end) as creditors,
    min(case when systemaccount = 'GST' then accountid end) as tax,
    min(case when systemaccount = 'GSTONIMPORTS' then accountid end) as tax_on_imports,
    min(case when systemaccount = 'ROUNDING' then accountid end) as rounding,
    min(case when systemaccount = 'REALISEDCURRENCYGAIN' then accountid end) as realised_gain,
    min(case when systemaccount = 'RETAINEDEARNINGS' then accountid end) as retained_earnings,
    min(case when systemaccount = 'CISASSET' then accountid end) as cis_asset,
    min(case when systemaccount = 'CISLIABILITY' then accountid end) as cis_liability
from {{ ref('stg_xero_gl__accounts') }}
group by tenantid

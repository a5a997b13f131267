{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_xero_gl__report_lines'}}}) }}
-- Accounts are in the sections in which Xero's reports print them. A warning: amounts do not depend on it.
select distinct reports.tenantid, reports.report, reports.accountid, reports.section as of_xero, accounts.section as ours
from {{ ref('int_xero_gl__report_lines') }} as reports
inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on reports.tenantid = accounts.tenantid and reports.accountid = accounts.accountid
where reports.section <> accounts.section or accounts.section is null

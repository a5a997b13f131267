{{ config(meta={'dagster': {'ref': {'name': 'reconciliation'}}}) }}
-- Documents explain every change of money, receivables and payables in a rebuilt ledger, but for currency revaluations and conversion
-- balances. Each row is an account and month to look into: docs/ledger.md. Behind ledger_coverage, so that a failure holds nothing up.
select reconciliation.*
from {{ ref('reconciliation') }} as reconciliation
inner join {{ ref('int_xero_gl__organisations') }} as organisations on reconciliation.tenantid = organisations.tenantid
inner join {{ ref('ledger_coverage') }} as coverage on reconciliation.tenantid = coverage.tenantid
where reconciliation.is_failure and not organisations.has_journals

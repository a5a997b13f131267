-- In a ledger that is rebuilt from documents they explain what has moved on bank accounts, receivables and payables, but for
-- revaluations: otherwise documents are missing, or the bank has paid what has no document, such as wages.
-- depends_on: {{ ref('ledger_coverage') }}, so that a failure does not hold it up
select reconciliation.*
from {{ ref('reconciliation') }} as reconciliation
inner join {{ ref('int_xero_gl__organisations') }} as organisations
    on reconciliation.tenantid = organisations.tenantid and not organisations.has_journals
where reconciliation.is_failure

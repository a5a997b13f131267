{{ config(meta={'dagster': {'ref': {'name': 'general_ledger'}}}) }}
-- Joining accounts, documents, contacts and reversals adds no line and loses none.
with counted as (
    select tenantid, count(*) as lines, sum(netamount) as net
    from {{ ref('int_xero_gl__ledger_lines') }}
    group by tenantid
),

joined as (
    select tenantid, count(*) as lines, count(distinct journallineid) as ids, sum(netamount) as net
    from {{ ref('general_ledger') }}
    group by tenantid
)

select counted.tenantid, counted.lines, joined.lines as lines_joined, joined.ids
from counted
full join joined on counted.tenantid = joined.tenantid
where
    joined.tenantid is null
    or counted.tenantid is null
    or counted.lines <> joined.lines or joined.lines <> joined.ids or counted.net <> joined.net

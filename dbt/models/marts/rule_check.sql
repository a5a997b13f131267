-- For organisations that have both: each rebuilt entry against Xero's own journals. A cell is a source, account and date. Counts and
-- sums only, of all organisations together: no ID, name or single amount is here.
with xeros as (
    -- A journal and its reversal cancel out: what is left is what the document has posted.
    select
        lines.tenantid,
        lines.sourceid,
        lines.accountid,
        lines.journaldate,
        max(lines.sourcetype) as sourcetype,
        sum(lines.netamount) as net
    from {{ ref('stg_xero_gl__journal_lines') }} as lines
    where lines.sourceid is not null
    group by lines.tenantid, lines.sourceid, lines.accountid, lines.journaldate
    having sum(lines.netamount) <> 0
),

with_journals as (
    select distinct tenantid from {{ ref('stg_xero_gl__journal_lines') }}
),

derived as (
    select lines.*
    from {{ ref('rebuilt_journal_lines') }} as lines
    inner join with_journals
        on lines.tenantid = with_journals.tenantid
    where lines.origin = 'DERIVED'
),

ours as (
    select
        tenantid,
        sourceid,
        accountid,
        journaldate,
        max(sourcetype) as sourcetype,
        max(case when currencyrate <> 1 then 1 else 0 end) as foreign_entry,
        sum(netamount) as net
    from derived
    group by tenantid, sourceid, accountid, journaldate
    having sum(netamount) <> 0
),

documents as (
    select tenantid, sourceid, max(case when currencyrate <> 1 then 1 else 0 end) as foreign_entry
    from derived
    group by tenantid, sourceid
),

cells as (
    select
        coalesce(xeros.tenantid, ours.tenantid) as tenantid,
        coalesce(xeros.sourcetype, ours.sourcetype) as sourcetype,
        coalesce(documents.foreign_entry, ours.foreign_entry, 0) = 1 as is_foreign,
        case
            when xeros.net is null then {{ dbt.string_literal(dbt.escape_single_quotes("not in Xero's journals")) }}
            when documents.sourceid is null then 'no document'
            when ours.net is null then 'another account or date'
            when xeros.net = ours.net then 'equal'
            when abs(xeros.net - ours.net) <= 0.02 then 'within two cents'
            else 'another amount'
        end as verdict,
        abs(coalesce(xeros.net, 0) - coalesce(ours.net, 0)) as difference
    from xeros
    full join ours
        on
            xeros.tenantid = ours.tenantid
            and xeros.sourceid = ours.sourceid
            and xeros.accountid = ours.accountid
            and xeros.journaldate = ours.journaldate
    left join documents
        on xeros.tenantid = documents.tenantid and xeros.sourceid = documents.sourceid
)

select
    sourcetype,
    is_foreign,
    verdict,
    count(distinct tenantid) as organisations,
    count(*) as cells,
    sum(difference) as difference
from cells
group by sourcetype, is_foreign, verdict

-- Journals that cancel each other out. Xero never changes a journal: an edit posts its opposite and a new one, a void its opposite
-- only, all with the SourceID of the document. Of equal journals the first is cancelled by the first opposite, the second by the
-- second: a text that was edited twice leaves the same amounts several times.
{%- set text = xero_gl.type_of('text') %}
with sides as (
    select
        tenantid,
        journalid,
        journalnumber,
        sourcetype,
        sourceid,
        {{ dbt.listagg("accountid || ' ' || cast(netamount as " ~ text ~ ")", "' '", "order by accountid, netamount") }} as posted,
        {{ dbt.listagg("accountid || ' ' || cast(-netamount as " ~ text ~ ")", "' '", "order by accountid, -netamount") }} as opposite
    from {{ ref('int_xero_gl__ledger_lines') }}
    where origin = 'JOURNAL' and sourceid is not null and netamount <> 0
    group by tenantid, journalid, journalnumber, sourcetype, sourceid
),

pairs as (    -- both directions of one set of amounts have the same name
    select
        sides.*,
        case when posted < opposite then posted else opposite end as amounts,
        first_value(posted) over (
            partition by tenantid, sourcetype, sourceid, case when posted < opposite then posted else opposite end
            order by journalnumber
        ) as first_posted
    from sides
    where posted <> opposite
),

numbered as (
    select
        pairs.*,
        row_number() over (partition by tenantid, sourcetype, sourceid, posted order by journalnumber) as place
    from pairs
)

select
    reversed.tenantid,
    reversed.journalid,
    reversing.journalid as reversingjournalid
from numbered as reversed
inner join numbered as reversing
    on
        reversed.tenantid = reversing.tenantid
        and reversed.sourcetype = reversing.sourcetype
        and reversed.sourceid = reversing.sourceid
        and reversed.amounts = reversing.amounts
        and reversed.place = reversing.place
where reversed.posted = reversed.first_posted and reversing.posted <> reversing.first_posted

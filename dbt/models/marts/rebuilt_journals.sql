-- The journals of the rebuilt ledger, in the columns of the stream journals.
select
    tenantid,
    journalid,
    journalnumber,
    journaldate,
    createddateutc,
    reference,
    sourceid,
    sourcetype,
    max(_airbyte_extracted_at) as _airbyte_extracted_at,
    origin
from {{ ref('rebuilt_journal_lines') }}
group by tenantid, journalid, journalnumber, journaldate, createddateutc, reference, sourceid, sourcetype, origin

with landed as (
    {{ xero_gl.landed('manual_journals', {'TenantID': 'text', 'ManualJournalID': 'text', 'JournalLines': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.manualjournalid,
    line.place as linenumber,
    {{ xero_gl.line_columns('line.item') }}
from landed
{{ xero_gl.join_items('landed.journallines', 'line') }}

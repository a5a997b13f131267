{{ config(materialized='ephemeral') }}

-- R10: manual journals: their lines, and one line of tax.
select
    journals.tenantid, 'MANJOURNAL' as sourcetype, journals.manualjournalid as sourceid,
    {{ xero_gl.posting('line', 'lines.linenumber', 'lines.accountid', 'lines.net', 'lines.tax', 'lines.net', 'lines') }}
from {{ ref('int_xero_gl__manual_journals') }} as journals
inner join {{ ref('int_xero_gl__manual_journal_lines') }} as lines
    on journals.tenantid = lines.tenantid and journals.manualjournalid = lines.manualjournalid
where journals.unposted_because is null
union all
select
    journals.tenantid, 'MANJOURNAL', journals.manualjournalid,
    {{ xero_gl.posting('tax', 9001, 'system_accounts.tax', 'journals.tax') }}
from {{ ref('int_xero_gl__manual_journals') }} as journals
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on journals.tenantid = system_accounts.tenantid
where journals.unposted_because is null

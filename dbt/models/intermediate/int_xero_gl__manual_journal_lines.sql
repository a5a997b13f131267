-- R10: lines of manual journals, debit positive, net and tax. Xero keeps manual journals in the base currency.
select
    journals.tenantid,
    journals.manualjournalid,
    lines.linenumber,
    coalesce(lines.accountid, by_code.accountid) as accountid,
    {{ xero_gl.cents(
        "case when upper(journals.lineamounttypes) = 'INCLUSIVE' then lines.lineamount - lines.taxamount else lines.lineamount end"
    ) }} as net,
    {{ xero_gl.cents("case when upper(journals.lineamounttypes) = 'NOTAX' then 0 else lines.taxamount end") }} as tax,
    lines.description,
    lines.taxtype,
    {{ xero_gl.tracking_names('lines') }}
from {{ ref('stg_xero_gl__manual_journal_lines') }} as lines
inner join {{ ref('stg_xero_gl__manual_journals') }} as journals
    on lines.tenantid = journals.tenantid and lines.manualjournalid = journals.manualjournalid
left join {{ ref('stg_xero_gl__accounts') }} as by_code
    on lines.tenantid = by_code.tenantid and lines.accountcode = by_code.code and lines.accountid is null
where journals.status = 'POSTED' and (lines.lineamount <> 0 or lines.taxamount <> 0)

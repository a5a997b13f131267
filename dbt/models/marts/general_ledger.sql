with reversals as (
    select tenantid, journalid, reversingjournalid as reversedbyjournalid, cast(null as {{ xero_gl.type_of('text') }}) as reversesjournalid
    from {{ ref('int_xero_gl__journal_reversals') }}
    union all
    select tenantid, reversingjournalid, null, journalid
    from {{ ref('int_xero_gl__journal_reversals') }}
)

select
    lines.tenantid,
    lines.journallineid,
    lines.journalid,
    lines.journalnumber,
    lines.linenumber,
    lines.journaldate,
    lines.createddateutc,
    lines.accountid,
    coalesce(accounts.code, lines.accountcode) as accountcode,
    coalesce(accounts.name, lines.accountname) as accountname,
    coalesce(accounts.type, lines.accounttype) as accounttype,
    accounts.class as accountclass,
    lines.netamount,
    lines.grossamount,
    lines.taxamount,
    lines.taxtype,
    lines.taxname,
    lines.origin,
    lines.rule,
    lines.sourcetype,
    lines.sourceid,
    lines.reference,
    lines.description,
    sources.documenttype,
    sources.documentid,
    sources.documentnumber,
    sources.paymentid,
    coalesce(sources.contactid, lines.contactid) as contactid,
    sources.contactname,
    {{ xero_gl.tracking_names('lines') }},
    coalesce(lines.currencycode, sources.currencycode) as currencycode,
    coalesce(lines.currencyrate, sources.currencyrate) as currencyrate,
    lines.documentamount,
    reversals.reversedbyjournalid,
    reversals.reversesjournalid
from {{ ref('int_xero_gl__ledger_lines') }} as lines
left join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on lines.tenantid = accounts.tenantid and lines.accountid = accounts.accountid
left join {{ ref('int_xero_gl__source_documents') }} as sources
    on lines.tenantid = sources.tenantid and lines.sourceid = sources.sourceid
left join reversals
    on lines.tenantid = reversals.tenantid and lines.journalid = reversals.journalid

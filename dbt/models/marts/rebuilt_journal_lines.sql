-- A ledger rebuilt from documents, in the columns of the stream journal_lines. No organisation without documents is in it.
with lines as (
    select
        postings.tenantid,
        postings.sourcetype || ':' || postings.sourceid as journalid,
        cast(postings.place as {{ xero_gl.type_of('text') }}) as place,
        postings.place + 1 as linenumber,
        entries.date as journaldate,
        entries.updateddateutc as createddateutc,
        entries.reference,
        postings.sourceid,
        postings.sourcetype,
        postings.accountid,
        postings.description,
        postings.net,
        postings.tax,
        postings.taxtype,
        {{ xero_gl.tracking_names('postings') }},
        'DERIVED' as origin,
        postings.rule,
        entries.contactid,
        entries.currencycode,
        entries.currencyrate,
        postings.documentnet
    from {{ ref('int_xero_gl__postings') }} as postings
    inner join {{ ref('int_xero_gl__entries') }} as entries
        on
            postings.tenantid = entries.tenantid
            and postings.sourcetype = entries.sourcetype
            and postings.sourceid = entries.sourceid
    union all
    select
        residuals.tenantid,
        residuals.origin || ':' || cast(residuals.monthend as {{ xero_gl.type_of('text') }}),
        residuals.accountid,
        null,
        residuals.monthend,
        null,
        residuals.origin,
        null,
        null,
        residuals.accountid,
        residuals.origin,
        residuals.amount,
        0,
        null
        {%- for _ in range(8) %}, null{% endfor %},
        residuals.origin,
        'trial balance',
        null,
        null,
        null,
        null
    from {{ ref('int_xero_gl__residuals') }} as residuals
    inner join {{ ref('int_xero_gl__organisations') }} as organisations
        on residuals.tenantid = organisations.tenantid and organisations.has_documents
)

select
    lines.tenantid,
    lines.journalid || ':' || lines.place as journallineid,
    cast(null as {{ xero_gl.type_of('integer') }}) as journalnumber,
    lines.linenumber,
    lines.journalid,
    lines.journaldate,
    lines.createddateutc,
    lines.reference,
    lines.sourceid,
    lines.sourcetype,
    lines.accountid,
    chart.code as accountcode,
    chart.type as accounttype,
    chart.name as accountname,
    lines.description,
    lines.net as netamount,
    lines.net + lines.tax as grossamount,
    lines.tax as taxamount,
    lines.taxtype,
    tax_rates.name as taxname,
    {{ xero_gl.tracking_names('lines') }},
    cast(null as {{ xero_gl.type_of('instant') }}) as _airbyte_extracted_at,
    lines.origin,
    lines.rule,
    lines.contactid,
    lines.currencycode,
    lines.currencyrate,
    lines.documentnet as documentamount
from lines
left join {{ ref('int_xero_gl__chart') }} as chart
    on lines.tenantid = chart.tenantid and lines.accountid = chart.accountid
left join {{ ref('stg_xero_gl__tax_rates') }} as tax_rates
    on lines.tenantid = tax_rates.tenantid and lines.taxtype = tax_rates.taxtype

-- What was posted, by the SourceID of its journals: a document, or a payment or use of a credit with the document that it settles.
-- Xero does not say whether the SourceID of a prepayment is its own or that of its bank transaction, so all are here.
{%- set text = xero_gl.type_of('text') %}
with all_documents as (
    {%- for stream, id, number in [
        ('invoices', 'invoiceid', 'invoicenumber'),
        ('credit_notes', 'creditnoteid', 'creditnotenumber'),
        ('prepayments', 'prepaymentid', 'invoicenumber'),
        ('overpayments', 'overpaymentid', none),
        ('bank_transactions', 'banktransactionid', none),
        ('bank_transactions', 'prepaymentid', none),
        ('bank_transactions', 'overpaymentid', none),
    ] %}
    {% if not loop.first %}union all
    {% endif -%}
    select
        tenantid, {{ id }} as documentid, type as documenttype, {{ number or 'cast(null as ' ~ text ~ ')' }} as documentnumber,
        contactid, contactname, currencycode, currencyrate, {{ loop.index }} as preference
    from {{ ref('stg_xero_gl__' ~ stream) }}
    where {{ id }} is not null
    {%- endfor %}
    union all
    select tenantid, banktransferid, 'TRANSFER', null, null, null, null, null, 8
    from {{ ref('stg_xero_gl__bank_transfers') }}
    union all
    select tenantid, manualjournalid, 'MANJOURNAL', null, null, null, null, null, 9
    from {{ ref('stg_xero_gl__manual_journals') }}
),

ranked_documents as (
    select
        all_documents.*,
        row_number() over (partition by tenantid, documentid order by preference) as place
    from all_documents
),

documents as (
    select *
    from ranked_documents
    where place = 1
),

sources as (
    select
        tenantid, documentid as sourceid, documentid, cast(null as {{ text }}) as paymentid,
        cast(null as {{ xero_gl.type_of('rate') }}) as currencyrate, 1 as preference
    from documents
    union all
    select tenantid, paymentid, coalesce(invoiceid, creditnoteid, prepaymentid, overpaymentid), paymentid, currencyrate, 2
    from {{ ref('stg_xero_gl__payments') }}
    union all
    select tenantid, allocationid, invoiceid, null, null, 3
    from {{ ref('stg_xero_gl__allocations') }}
),

ranked_sources as (
    select
        sources.*,
        row_number() over (partition by tenantid, sourceid order by preference, documentid) as place
    from sources
)

select
    sources.tenantid,
    sources.sourceid,
    documents.documenttype,
    sources.documentid,
    documents.documentnumber,
    sources.paymentid,
    documents.contactid,
    coalesce(contacts.name, documents.contactname) as contactname,
    coalesce(
        nullif(documents.currencycode, ''),
        case when documents.documenttype not in ('TRANSFER', 'MANJOURNAL') then organisations.basecurrency end
    ) as currencycode,
    case
        when coalesce(nullif(documents.currencycode, ''), organisations.basecurrency) = organisations.basecurrency then 1
        else coalesce(sources.currencyrate, documents.currencyrate)
    end as currencyrate
from ranked_sources as sources
left join documents
    on sources.tenantid = documents.tenantid and sources.documentid = documents.documentid
left join {{ ref('stg_xero_gl__organisations') }} as organisations on sources.tenantid = organisations.tenantid
left join {{ ref('stg_xero_gl__contacts') }} as contacts
    on documents.tenantid = contacts.tenantid and documents.contactid = contacts.contactid
where sources.place = 1

-- What was posted, by the SourceID of its journals: a document, or a payment or use of a credit with the document that it settles.
{%- set text = xero_gl.type_of('text') %}
{%- set columns = 'contactid, contactname, currencycode, currencyrate' %}
with advances as (
    -- Prepayments and overpayments are bank transactions too. Which of the IDs their journals name is not documented: all are here.
    {%- for stream, id, number in [
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
        {{ columns }}, {{ loop.index }} as preference
    from {{ ref('stg_xero_gl__' ~ stream) }}
    where {{ id }} is not null and type like '%-%PAYMENT'
    {%- endfor %}
),

ranked_advances as (
    select
        advances.*,
        row_number() over (partition by tenantid, documentid order by preference) as place
    from advances
),

documents as (
    select tenantid, documentid, documenttype, documentnumber, {{ columns }}
    from ranked_advances
    where place = 1
    union all
    select tenantid, banktransactionid, type, null, {{ columns }}
    from {{ ref('stg_xero_gl__bank_transactions') }}
    where type not like '%-%PAYMENT'
    union all
    select tenantid, invoiceid, type, invoicenumber, {{ columns }}
    from {{ ref('stg_xero_gl__invoices') }}
    union all
    select tenantid, creditnoteid, type, creditnotenumber, {{ columns }}
    from {{ ref('stg_xero_gl__credit_notes') }}
    union all
    select tenantid, banktransferid, 'TRANSFER', null, null, null, null, null
    from {{ ref('stg_xero_gl__bank_transfers') }}
    union all
    select tenantid, manualjournalid, 'MANJOURNAL', null, null, null, null, null
    from {{ ref('stg_xero_gl__manual_journals') }}
),

settlements as (
    select
        tenantid, paymentid as settlementid, paymentid, currencyrate,
        coalesce(invoiceid, creditnoteid, prepaymentid, overpaymentid) as documentid, 1 as preference
    from {{ ref('stg_xero_gl__payments') }}
    union all
    select tenantid, allocationid, null, null, invoiceid, 2
    from {{ ref('stg_xero_gl__allocations') }}
),

ranked_settlements as (
    select
        settlements.*,
        row_number() over (partition by tenantid, settlementid order by preference, documentid) as place
    from settlements
),

sources as (
    select tenantid, documentid as sourceid, cast(null as {{ text }}) as paymentid, documentid, documenttype, documentnumber, {{ columns }}
    from documents
    union all
    select
        settlements.tenantid, settlements.settlementid, settlements.paymentid, settlements.documentid, documents.documenttype,
        documents.documentnumber, documents.contactid, documents.contactname, documents.currencycode,
        coalesce(settlements.currencyrate, documents.currencyrate)
    from ranked_settlements as settlements
    left join documents
        on settlements.tenantid = documents.tenantid and settlements.documentid = documents.documentid
    left join documents as namesakes
        on settlements.tenantid = namesakes.tenantid and settlements.settlementid = namesakes.documentid
    where settlements.place = 1 and namesakes.documentid is null
)

select
    sources.tenantid,
    sources.sourceid,
    sources.documenttype,
    sources.documentid,
    sources.documentnumber,
    sources.paymentid,
    sources.contactid,
    coalesce(contacts.name, sources.contactname) as contactname,
    case
        when sources.documenttype not in ('TRANSFER', 'MANJOURNAL')
            then coalesce(nullif(sources.currencycode, ''), organisations.basecurrency)
    end as currencycode,
    case
        when coalesce(nullif(sources.currencycode, ''), organisations.basecurrency) = organisations.basecurrency then 1
        else sources.currencyrate
    end as currencyrate
from sources
left join {{ ref('stg_xero_gl__organisations') }} as organisations on sources.tenantid = organisations.tenantid
left join {{ ref('stg_xero_gl__contacts') }} as contacts
    on sources.tenantid = contacts.tenantid and sources.contactid = contacts.contactid

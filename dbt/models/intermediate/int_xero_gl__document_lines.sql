-- Lines of documents, net and tax, in the document's currency and in the base currency: each line is converted and rounded by itself.
with lines as (
    select tenantid, invoiceid as documentid, {{ xero_gl.posted_line_columns() }}
    from {{ ref('stg_xero_gl__invoice_lines') }}
    union all
    select tenantid, creditnoteid, {{ xero_gl.posted_line_columns() }}
    from {{ ref('stg_xero_gl__credit_note_lines') }}
    union all
    select
        lines.tenantid,
        coalesce(transactions.prepaymentid, transactions.overpaymentid, transactions.banktransactionid),
        {{ xero_gl.posted_line_columns() }}
    from {{ ref('stg_xero_gl__bank_transaction_lines') }} as lines
    inner join {{ ref('stg_xero_gl__bank_transactions') }} as transactions
        on lines.tenantid = transactions.tenantid and lines.banktransactionid = transactions.banktransactionid
    where transactions.type not like '%-OVERPAYMENT'
),

amounts as (
    select
        lines.tenantid,
        lines.documentid,
        lines.linenumber,
        coalesce(lines.accountid, by_code.accountid) as accountid,
        case when documents.lineamounttypes = 'INCLUSIVE' then lines.lineamount - lines.taxamount else lines.lineamount end as net,
        case when documents.lineamounttypes = 'NOTAX' then 0 else lines.taxamount end as tax,
        documents.currencyrate,
        lines.description,
        lines.taxtype,
        {{ xero_gl.tracking_names('lines') }}
    from lines
    inner join {{ ref('int_xero_gl__documents') }} as documents
        on lines.tenantid = documents.tenantid and lines.documentid = documents.documentid
    left join {{ ref('stg_xero_gl__accounts') }} as by_code
        on lines.tenantid = by_code.tenantid and lines.accountcode = by_code.code and lines.accountid is null
    union all
    -- R4: an overpayment is in receivables or payables as a whole, whatever its lines say.
    select
        tenantid, documentid, 1, settledaccountid, total, 0, currencyrate, 'Overpayment', 'NONE'
        {%- for _ in range(8) %}, null{% endfor %}
    from {{ ref('int_xero_gl__documents') }}
    where kind like '%-OVERPAYMENT'
),

converted as (
    select
        amounts.*,
        {{ xero_gl.cents('net / currencyrate') }} as base_net,
        {{ xero_gl.cents('tax / currencyrate') }} as base_tax
    from amounts
    where net <> 0 or tax <> 0
)

select
    converted.*,
    -- Tax that cannot be claimed belongs to the line's own account; tax on imports has an account of its own.
    {% if var('xero_gl_non_recoverable_tax') -%}
    {{ xero_gl.cents('converted.base_tax * coalesce(tax_shares.unclaimed, 0)') }}
    {%- else -%}
    cast(0 as {{ xero_gl.type_of('cents') }})
    {%- endif %} as base_unclaimed,
    {% if var('xero_gl_gst_on_imports') -%}
    case when converted.taxtype = 'GSTONIMPORTS' and system_accounts.tax_on_imports is not null then converted.base_tax else 0 end
    {%- else -%}
    cast(0 as {{ xero_gl.type_of('cents') }})
    {%- endif %} as base_imports
from converted
{% if var('xero_gl_non_recoverable_tax') -%}
left join {{ ref('int_xero_gl__tax_shares') }} as tax_shares
    on converted.tenantid = tax_shares.tenantid and converted.taxtype = tax_shares.taxtype
{%- endif %}
{% if var('xero_gl_gst_on_imports') -%}
left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on converted.tenantid = system_accounts.tenantid
{%- endif %}

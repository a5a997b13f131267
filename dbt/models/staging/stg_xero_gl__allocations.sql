with credits as (
    {%- for stream, id, kind in [
        ('credit_notes', 'CreditNoteID', 'CREDITNOTE'),
        ('overpayments', 'OverpaymentID', 'OVERPAYMENT'),
        ('prepayments', 'PrepaymentID', 'PREPAYMENT'),
    ] %}
    {% if not loop.first %}union all
    {% endif -%}
    select tenantid, {{ id | lower }} as creditid, '{{ kind }}' as kind, status, allocations
    from (
        {{ xero_gl.landed(stream, {'TenantID': 'text', id: 'text', 'Status': 'text', 'Allocations': 'json'}) | indent(8) }}
    ) as {{ stream }}
    {%- endfor %}
)

select
    credits.tenantid,
    credits.creditid,
    credits.kind,
    credits.status,
    {#- An allocation without an ID is known by its place. #}
    coalesce(
        {{ xero_gl.json_text('allocation.item', 'AllocationID') }},
        {{ xero_gl.json_text('allocation.item', 'AllocationId') }},
        credits.creditid || '/' || cast(allocation.place - 1 as {{ xero_gl.type_of('text') }})
    ) as allocationid,
    {{ xero_gl.json_text('allocation.item', 'Invoice.InvoiceID') }} as invoiceid,
    cast({{ xero_gl.json_text('allocation.item', 'Date') }} as date) as date,
    cast({{ xero_gl.json_text('allocation.item', 'Amount') }} as {{ xero_gl.type_of('amount') }}) as amount,
    coalesce({{ xero_gl.json_text('allocation.item', 'IsDeleted') }}, 'false') = 'true' as isdeleted
from credits
{{ xero_gl.join_items('credits.allocations', 'allocation') }}

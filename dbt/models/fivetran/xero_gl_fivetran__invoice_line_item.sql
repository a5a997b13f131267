{{ config(alias='invoice_line_item') }}

-- The package joins by the account's code: this is the present one, because a new code does not change the invoice's UpdatedDateUTC.
select
    lines.tenantid as _dbt_source_relation,
    lines.invoiceid as invoice_id,
    lines.lineitemid as line_item_id,
    coalesce(accounts.code, lines.accountcode) as account_code,
    lines.description,
    lines.itemcode as item_code,
    lines.quantity,
    lines.unitamount as unit_amount,
    lines.discountrate as discount_rate,
    lines.discountenteredaspercent as discount_entered_as_percent,
    lines.lineamount as line_amount,
    lines.taxamount as tax_amount,
    lines.taxtype as tax_type,
    invoices._airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__invoice_lines') }} as lines
inner join {{ ref('stg_xero_gl__invoices') }} as invoices
    on lines.tenantid = invoices.tenantid and lines.invoiceid = invoices.invoiceid
left join {{ ref('stg_xero_gl__accounts') }} as accounts
    on lines.tenantid = accounts.tenantid and lines.accountid = accounts.accountid
where {{ xero_gl.of_fivetran_tenant('lines.tenantid') }}

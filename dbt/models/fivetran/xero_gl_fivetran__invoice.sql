{{ config(alias='invoice') }}

select
    tenantid as _dbt_source_relation,
    invoiceid as invoice_id,
    contactid as contact_id,
    type,
    status,
    invoicenumber as invoice_number,
    reference,
    date,
    duedate as due_date,
    fullypaidondate as fully_paid_on_date,
    cast(expectedpaymentdate as {{ xero_gl.type_of('instant') }}) as expected_payment_date,
    cast(plannedpaymentdate as {{ xero_gl.type_of('instant') }}) as planned_payment_date,
    updateddateutc as updated_date_utc,
    currencycode as currency_code,
    currencyrate as currency_rate,
    senttocontact as sent_to_contact,
    url,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__invoices') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}

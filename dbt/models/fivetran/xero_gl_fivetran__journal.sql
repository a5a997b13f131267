{{ config(alias='journal') }}

{{ xero_gl.fivetran_journals(ref('general_ledger')) }}

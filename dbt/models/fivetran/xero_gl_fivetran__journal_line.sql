{{ config(alias='journal_line') }}

{{ xero_gl.fivetran_journal_lines(ref('general_ledger')) }}

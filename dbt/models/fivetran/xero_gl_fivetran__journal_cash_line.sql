{{ config(alias='journal_cash_line') }}

{{ xero_gl.fivetran_journal_lines(ref('stg_xero_gl__cash_journal_lines')) }}

{{ config(alias='journal_cash') }}

{{ xero_gl.fivetran_journals(ref('stg_xero_gl__cash_journal_lines')) }}

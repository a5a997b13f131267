{{ config(alias='journal_cash_line_has_tracking_category') }}

{{ xero_gl.fivetran_journal_tracking(ref('stg_xero_gl__cash_journal_lines')) }}

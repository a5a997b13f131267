{{ config(alias='journal_line_has_tracking_category') }}

{{ xero_gl.fivetran_journal_tracking(ref('general_ledger')) }}

{{ config(materialized='view') }}

{% if var('as_of') -%}
select
    ledger.*,
    cast('{{ var("as_of") }}' as date) as as_of
from {{ xero_gl.ledger_as_of(var('as_of')) }} as ledger
{%- else -%}
-- Without the var as_of: all journals that have arrived.
select
    ledger.*,
    cast(null as date) as as_of
from {{ ref('general_ledger') }} as ledger
where origin = 'JOURNAL'
{%- endif %}

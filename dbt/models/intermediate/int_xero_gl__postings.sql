{{ config(materialized='ephemeral') }}

-- All posted lines, rule by rule. Lines without an amount are left out.
with postings as (
    {%- for rule in ['documents', 'payments', 'prepayment_uses', 'credit_uses', 'bank_transfers', 'manual_journals'] %}
    {% if not loop.first %}union all
    {% endif -%}
    select * from {{ ref('int_xero_gl__posted_' ~ rule) }}
    {%- endfor %}
)

select *
from postings
where net <> 0 or tax <> 0

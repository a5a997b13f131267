{{ config(materialized='ephemeral') }}

-- The lines of one ledger for all organisations: Xero's journals where it sends them, the lines rebuilt from documents elsewhere.
select
    {{ xero_gl.ledger_columns('lines') }},
    'JOURNAL' as origin,
    cast(null as {{ xero_gl.type_of('text') }}) as rule,
    cast(null as {{ xero_gl.type_of('text') }}) as contactid,
    cast(null as {{ xero_gl.type_of('text') }}) as currencycode,
    cast(null as {{ xero_gl.type_of('rate') }}) as currencyrate,
    cast(null as {{ xero_gl.type_of('amount') }}) as documentamount
from {{ ref('stg_xero_gl__journal_lines') }} as lines
inner join {{ ref('int_xero_gl__organisations') }} as organisations
    on lines.tenantid = organisations.tenantid and organisations.has_journals
union all
select
    {{ xero_gl.ledger_columns('lines') }},
    lines.origin,
    lines.rule,
    lines.contactid,
    lines.currencycode,
    lines.currencyrate,
    lines.documentamount
from {{ ref('rebuilt_journal_lines') }} as lines
inner join {{ ref('int_xero_gl__organisations') }} as organisations
    on lines.tenantid = organisations.tenantid and not organisations.has_journals

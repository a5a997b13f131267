{% macro ledger_as_of(day) %}
{#- The general ledger as it was at the end of a day, UTC, in brackets: select … from {{ xero_gl.ledger_as_of('2026-03-31') }} as ledger.

    Of journals only: Xero never changes one, and CreatedDateUTC says since when it is there. A rebuilt ledger knows the present
    state of each document only, so its lines are left out.
-#}
(
    select *
    from {{ ref('general_ledger') }}
    where origin = 'JOURNAL' and createddateutc < {{ dbt.dateadd('day', 1, "cast('" ~ day ~ "' as date)") }}
)
{%- endmacro %}

{% macro ledger_columns(table) %}
{#- The columns that journal lines and rebuilt lines have in common, amounts in one type. -#}
{%- for column in ['tenantid', 'journallineid', 'journalnumber', 'linenumber', 'journalid', 'journaldate', 'createddateutc', 'reference', 'sourceid',
    'sourcetype', 'accountid', 'accountcode', 'accounttype', 'accountname', 'description'] -%}
{{ table }}.{{ column }},
    {% endfor -%}
{%- for column in ['netamount', 'grossamount', 'taxamount'] -%}
cast({{ table }}.{{ column }} as {{ xero_gl.type_of('amount') }}) as {{ column }},
    {% endfor -%}
{{ table }}.taxtype,
    {{ table }}.taxname,
    {{ xero_gl.tracking_names(table) }}
{%- endmacro %}


{% macro require_streams() %}
{#- Stop before anything is built when no ledger can be made from what was synced, and name the streams to select. -#}
{%- set schema = var('xero_gl_raw_schema') or xero_gl.usual_schema() -%}
{%- set always = xero_gl.not_synced(['organisations', 'accounts']) -%}
{%- set journals = xero_gl.not_synced(['journal_lines']) -%}
{%- set documents = xero_gl.not_synced(xero_gl.document_streams()) -%}
{%- if always -%}
    {%- do exceptions.raise_compiler_error(
        "Select in the sync: " ~ always | join(", ") ~ ". The schema " ~ schema ~ " does not have them, and every ledger needs them."
        " If the tables are in another schema, set the variable xero_gl_raw_schema."
    ) -%}
{%- elif journals and documents -%}
    {%- do exceptions.raise_compiler_error(
        "Select in the sync: journal_lines; or, where Xero does not allow Journals, also " ~ documents | join(", ")
        ~ ". The schema " ~ schema ~ " does not have them, and a ledger is made from journals or from documents."
    ) -%}
{%- endif -%}
{% endmacro %}


{% macro document_streams() %}
{#- What a ledger is rebuilt from. Without one of these it would have a hole. -#}
{%- do return(['invoices', 'credit_notes', 'payments', 'bank_transactions', 'bank_transfers', 'manual_journals']) -%}
{% endmacro %}


{% macro not_synced(streams) %}
{#- Those streams that have no table; none where tables cannot be looked at. -#}
{%- set missing = [] -%}
{%- for stream in (streams if execute and var('xero_gl_look_at_tables') else []) if adapter.get_relation(
    var('xero_gl_raw_database') or target.database, var('xero_gl_raw_schema') or xero_gl.usual_schema(), stream
) is none -%}
    {%- do missing.append(stream) -%}
{%- endfor -%}
{%- do return(missing) -%}
{% endmacro %}

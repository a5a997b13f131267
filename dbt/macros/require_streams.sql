{% macro require_streams() %}
{#- Stop before anything is built when the ledger cannot be made from what was synced. -#}
{%- if execute and var('xero_gl_look_at_tables') and flags.WHICH in ('build', 'run', 'test') -%}
{%- endif -%}
{% endmacro %}

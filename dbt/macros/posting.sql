{% macro posting(rule, place, accountid, net, tax='0', documentnet='null', line=none) %}
{#- The columns of one posted line, after those that name its entry (tenantid, sourcetype, sourceid).

    rule: what the line is: control, line, tax, rounding, money, settled, realised gain, ...
    place: where it is in its entry: 0 control or money, 1 and up the lines of the document, 9001 and up what Xero adds.
    net, tax: in the base currency, debit positive. documentnet: in the document's currency.
    line: the table whose description, tax type and tracking it has; control, tax, rounding and gains have none.
-#}
cast({{ place }} as {{ xero_gl.type_of('integer') }}) as place,
    {{ accountid }} as accountid,
    cast({{ net }} as {{ xero_gl.type_of('cents') }}) as net,
    cast({{ tax }} as {{ xero_gl.type_of('cents') }}) as tax,
    cast({{ documentnet }} as {{ xero_gl.type_of('amount') }}) as documentnet,
    '{{ rule }}' as rule,
    {% if line -%}
    {{ line }}.description,
    {{ line }}.taxtype,
    {{ xero_gl.tracking_names(line) }}
    {%- else -%}
    '' as description
    {%- for column in ['taxtype'] + xero_gl.tracking_names().split(', ') -%}
    , cast(null as {{ xero_gl.type_of('text') }}) as {{ column }}
    {%- endfor -%}
    {%- endif %}
{%- endmacro %}

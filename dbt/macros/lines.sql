{# Lines of documents: what invoices, credit notes, bank transactions and manual journals have in common. #}

{% macro line_columns(line) %}
{#- The fields of a line that sits in JSON. AccountId is Xero's other spelling of AccountID. -#}
{%- set field = xero_gl.json_texts(
    line, ['AccountID', 'AccountId', 'AccountCode', 'Description', 'LineAmount', 'TaxAmount', 'TaxType'] + xero_gl.tracking_paths('Tracking')
) -%}
coalesce({{ field['AccountID'] }}, {{ field['AccountId'] }}) as accountid,
    {{ field['AccountCode'] }} as accountcode,
    {{ field['Description'] }} as description,
    coalesce(cast({{ field['LineAmount'] }} as {{ xero_gl.type_of('amount') }}), 0) as lineamount,
    coalesce(cast({{ field['TaxAmount'] }} as {{ xero_gl.type_of('amount') }}), 0) as taxamount,
    {{ field['TaxType'] }} as taxtype,
    {{ xero_gl.tracking_columns(field, 'Tracking') }}
{%- endmacro %}


{% macro tracking_paths(array) %}
{#- Where the one or two tracking options of an array are. -#}
{%- set paths = [] -%}
{%- for place in (0, 1) -%}
{%- for name in ('Name', 'Option', 'TrackingCategoryID', 'TrackingOptionID') -%}
{%- do paths.append(array ~ '[' ~ place ~ '].' ~ name) -%}
{%- endfor -%}
{%- endfor -%}
{%- do return(paths) -%}
{% endmacro %}


{% macro tracking_columns(field, array) %}
{#- The tracking options of an array, in the columns that the flat streams have. field: what json_texts gives for their paths. -#}
{%- set names = xero_gl.tracking_names().split(', ') -%}
{%- for path in xero_gl.tracking_paths(array) -%}
{{ field[path] }} as {{ names[loop.index0] }}
    {%- if not loop.last %},
    {% endif %}
{%- endfor -%}
{%- endmacro %}


{% macro tracking_names(table=none) %}
{#- The columns of tracking, of a table or as they are. -#}
{%- for number in (1, 2) -%}
{%- for column in ('name', 'option', 'categoryid', 'optionid') -%}
{{ table ~ '.' if table }}tracking{{ number }}{{ column }}
{%- if not (number == 2 and loop.last) %}, {% endif -%}
{%- endfor -%}
{%- endfor -%}
{%- endmacro %}


{% macro posted_line_columns() -%}
linenumber, accountid, accountcode, lineamount, taxamount, description, taxtype, {{ xero_gl.tracking_names() }}
{%- endmacro %}

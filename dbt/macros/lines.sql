{# Lines of documents: what invoices, credit notes, bank transactions and manual journals have in common. #}

{% macro line_columns(line) %}
{#- The fields of a line that sits in JSON. AccountId is Xero's other spelling of AccountID. -#}
coalesce({{ xero_gl.json_text(line, 'AccountID') }}, {{ xero_gl.json_text(line, 'AccountId') }}) as accountid,
    {{ xero_gl.json_text(line, 'AccountCode') }} as accountcode,
    {{ xero_gl.json_text(line, 'Description') }} as description,
    coalesce(cast({{ xero_gl.json_text(line, 'LineAmount') }} as {{ xero_gl.type_of('amount') }}), 0) as lineamount,
    coalesce(cast({{ xero_gl.json_text(line, 'TaxAmount') }} as {{ xero_gl.type_of('amount') }}), 0) as taxamount,
    {{ xero_gl.json_text(line, 'TaxType') }} as taxtype,
    {{ xero_gl.tracking_columns(line, 'Tracking') }}
{%- endmacro %}


{% macro tracking_columns(json, path) %}
{#- The one or two tracking options in an array of JSON, in the columns that the flat streams have. -#}
{%- for number in (1, 2) -%}
{%- set option = path ~ '[' ~ (number - 1) ~ ']' -%}
{{ xero_gl.json_text(json, option ~ '.Name') }} as tracking{{ number }}name,
    {{ xero_gl.json_text(json, option ~ '.Option') }} as tracking{{ number }}option,
    {{ xero_gl.json_text(json, option ~ '.TrackingCategoryID') }} as tracking{{ number }}categoryid,
    {{ xero_gl.json_text(json, option ~ '.TrackingOptionID') }} as tracking{{ number }}optionid
    {%- if number == 1 %},
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

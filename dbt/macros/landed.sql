{# How a model reads a landed table: whatever the case of its columns, and as an empty table where the stream was not synced. #}

{% macro landed(stream, columns, fields={}) %}
{#- Select columns of a landed table, in lower case and of one type each in every database.

    stream: the name of the stream, which is the name of its table.
    columns: Xero's name of each column with its type: text, json, amount, rate, date, instant, integer or boolean.
    fields: texts in columns of JSON: the name that each gets, with the column and the field in it.

    A column that the table does not have is null. Airbyte's destinations may land Xero's two spellings of one name ("AccountID",
    "AccountId") as two columns: the first that has a value counts.
-#}
{%- set table = xero_gl.landed_table(stream) -%}
{%- set spellings = xero_gl.landed_spellings(table, columns.keys() | list + fields.values() | map('first') | list) -%}
select
{%- for name, type in columns.items() %}
    {{ xero_gl.landed_value(spellings[name | lower], type) }} as {{ name | lower }}
    {%- if not loop.last or fields %},{% endif %}
{%- endfor %}
{%- for name, (column, field) in fields.items() %}
    {{ xero_gl.json_text(xero_gl.landed_value(spellings[column | lower], 'json'), field) }} as {{ name }}
    {%- if not loop.last %},{% endif %}
{%- endfor %}
{%- if table is none %}
from (select 1 as nothing) as nothing
where 1 = 0
{%- else %}
from {{ table }}
{%- endif %}
{%- endmacro %}


{% macro landed_document(stream, columns, fields={}) %}
{#- Select columns of a landed table of documents: its own ones, as ``landed`` takes them, and those that every document has. -#}
{%- set common = {
    'TenantID': 'text',
    'Type': 'text',
    'Status': 'text',
    'Reference': 'text',
    'Date': 'date',
    'CurrencyCode': 'text',
    'CurrencyRate': 'rate',
    'LineAmountTypes': 'text',
    'SubTotal': 'amount',
    'TotalTax': 'amount',
    'Total': 'amount',
    'UpdatedDateUTC': 'instant',
    '_airbyte_extracted_at': 'instant',
} -%}
{%- set contact = {
    'contactid': ['Contact', 'ContactID'],
    'contactname': ['Contact', 'Name'],
} -%}
{{ xero_gl.landed(stream, dict(common, **columns), dict(contact, **fields)) }}
{%- endmacro %}


{% macro landed_journal_lines(stream) %}
{#- Select the columns of a landed table of journal lines, on either basis. -#}
{{ xero_gl.landed(stream, {
    'TenantID': 'text',
    'JournalLineID': 'text',
    'JournalNumber': 'integer',
    'LineNumber': 'integer',
    'JournalID': 'text',
    'JournalDate': 'date',
    'CreatedDateUTC': 'instant',
    'Reference': 'text',
    'SourceID': 'text',
    'SourceType': 'text',
    'AccountID': 'text',
    'AccountCode': 'text',
    'AccountType': 'text',
    'AccountName': 'text',
    'Description': 'text',
    'NetAmount': 'amount',
    'GrossAmount': 'amount',
    'TaxAmount': 'amount',
    'TaxType': 'text',
    'TaxName': 'text',
    'Tracking1Name': 'text',
    'Tracking1Option': 'text',
    'Tracking1CategoryID': 'text',
    'Tracking1OptionID': 'text',
    'Tracking2Name': 'text',
    'Tracking2Option': 'text',
    'Tracking2CategoryID': 'text',
    'Tracking2OptionID': 'text',
    '_airbyte_extracted_at': 'instant',
}) }}
{%- endmacro %}


{% macro landed_table(stream) %}
{#- The relation of a landed table; none, with a warning, where the stream was not synced. -#}
{%- set database = var('xero_gl_raw_database') or target.database -%}
{%- set schema = var('xero_gl_raw_schema') or xero_gl.usual_schema() -%}
{%- set assumed = api.Relation.create(database=database, schema=schema, identifier=stream) -%}
{%- if not execute or not var('xero_gl_look_at_tables') -%}
    {%- do return(assumed) -%}
{%- endif -%}
{%- set found = adapter.get_relation(database, schema, stream) -%}
{%- if found is none -%}
    {%- do exceptions.warn("The stream " ~ stream ~ " was not synced into the schema " ~ schema ~ ": it is taken for empty.") -%}
{%- endif -%}
{%- do return(found) -%}
{% endmacro %}


{% macro usual_schema() %}
{#- Where PyAirbyte lands tables, if the project says nothing. -#}
{%- do return({'duckdb': 'main', 'postgres': 'public'}.get(target.type, 'xero')) -%}
{% endmacro %}


{% macro landed_spellings(table, names) %}
{#- The columns of a table that have one of these names, by the name in lower case; assumed where the table cannot be looked at. -#}
{%- set spellings = {} -%}
{%- for name in names -%}
    {%- do spellings.update({name | lower: []}) -%}
{%- endfor -%}
{%- if not execute or not var('xero_gl_look_at_tables') -%}
    {%- for name in names -%}
        {%- set spelled = name if var('xero_gl_raw_spelling') == 'xero' else name | lower -%}
        {%- do spellings.update({name | lower: [api.Column.create(spelled, 'text')]}) -%}
    {%- endfor -%}
{%- elif table is not none -%}
    {%- for column in adapter.get_columns_in_relation(table) if column.name | lower in spellings -%}
        {%- do spellings[column.name | lower].append(column) -%}
    {%- endfor -%}
{%- endif -%}
{%- do return(spellings) -%}
{% endmacro %}


{% macro landed_value(columns, type) %}
{#- The value of a landed column, in the type that the models use. -#}
{%- set values = [] -%}
{%- for column in columns -%}
    {%- do values.append(xero_gl.as_type(adapter.quote(column.name), type, column.data_type)) -%}
{%- endfor -%}
{%- if not values -%}
    {{ xero_gl.as_type('null', type, 'text') }}
{%- elif values | length == 1 -%}
    {{ values[0] }}
{%- else -%}
    coalesce({{ values | join(', ') }})
{%- endif -%}
{%- endmacro %}


{% macro as_type(value, type, from_type) %}
{#- Cast a value. Amounts landed through floating point, so they are rounded to the four decimals that Xero has. -#}
{%- if type == 'json' -%}
    {{ xero_gl.as_json(value) }}
{%- elif type == 'instant' and 'with time zone' in from_type | lower -%}
    cast({{ value }} at time zone 'UTC' as timestamp)
{%- else -%}
    cast({{ value }} as {{ xero_gl.type_of(type) }})
{%- endif -%}
{%- endmacro %}


{% macro type_of(type) %}{{ return(adapter.dispatch('type_of', 'xero_gl')(type)) }}{% endmacro %}

{% macro default__type_of(type) %}
{%- do return({
    'text': 'text', 'amount': 'decimal(18, 4)', 'cents': 'decimal(18, 2)', 'rate': 'decimal(24, 9)', 'date': 'date',
    'instant': 'timestamp', 'integer': 'bigint', 'boolean': 'boolean', 'json': 'json',
}[type]) -%}
{% endmacro %}

{% macro snowflake__type_of(type) %}
{%- do return('variant' if type == 'json' else xero_gl.default__type_of(type)) -%}
{% endmacro %}

{% macro bigquery__type_of(type) %}
{#- An instant is UTC without a time zone, as in the other databases: BigQuery compares a timestamp with no date. -#}
{%- do return({
    'text': 'string', 'amount': 'numeric', 'cents': 'numeric', 'rate': 'numeric', 'instant': 'datetime', 'integer': 'int64', 'boolean': 'bool',
}.get(type, xero_gl.default__type_of(type))) -%}
{% endmacro %}

{# How JSON is opened. Only models in staging use these. #}

{% macro as_json(value) %}{{ return(adapter.dispatch('as_json', 'xero_gl')(value)) }}{% endmacro %}

{% macro default__as_json(value) %}
{#- The null of JSON is not the null of SQL: both become the latter. -#}
{%- do return("cast(nullif(cast(" ~ value ~ " as text), 'null') as json)") -%}
{% endmacro %}

{% macro snowflake__as_json(value) %}{{ return("nullif(parse_json(to_json(to_variant(" ~ value ~ "))), parse_json('null'))") }}{% endmacro %}

{% macro bigquery__as_json(value) %}{{ return("parse_json(nullif(to_json_string(" ~ value ~ "), 'null'))") }}{% endmacro %}


{% macro json_text(json, path) %}{{ return(adapter.dispatch('json_text', 'xero_gl')(json, path)) }}{% endmacro %}

{% macro default__json_text(json, path) %}
{#- A field as text: 'Name', 'Invoice.InvoiceID', 'Tracking[0].Name', and of an array '[0].Name'. -#}
{%- set keys = path.replace(']', '').replace('[', '.').strip('.').replace('.', ',') -%}
{%- do return("(" ~ json ~ " #>> '{" ~ keys ~ "}')") -%}
{% endmacro %}

{% macro duckdb__json_text(json, path) %}
{#- In brackets, because DuckDB would compare first and open the result afterwards. -#}
{%- set start = '$' if path.startswith('[') else '$.' -%}
{%- do return("(" ~ json ~ " ->> '" ~ start ~ path ~ "')") -%}
{% endmacro %}

{% macro snowflake__json_text(json, path) %}{{ return("cast(get_path(" ~ json ~ ", '" ~ path ~ "') as text)") }}{% endmacro %}

{% macro bigquery__json_text(json, path) %}
{%- set start = '$' if path.startswith('[') else '$.' -%}
{%- do return("json_value(" ~ json ~ ", '" ~ start ~ path ~ "')") -%}
{% endmacro %}


{% macro json_texts(json, paths) %}{{ return(adapter.dispatch('json_texts', 'xero_gl')(json, paths)) }}{% endmacro %}

{% macro default__json_texts(json, paths) %}
{#- The expressions of several fields, by their paths. -#}
{%- set texts = {} -%}
{%- for path in paths -%}
    {%- do texts.update({path: xero_gl.json_text(json, path)}) -%}
{%- endfor -%}
{%- do return(texts) -%}
{% endmacro %}

{% macro duckdb__json_texts(json, paths) %}
{#- DuckDB finds equal expressions: with all paths in one list the text is parsed once, and not for each field. -#}
{%- set starts = [] -%}
{%- for path in paths -%}
    {%- do starts.append("'$" ~ ('' if path.startswith('[') else '.') ~ path ~ "'") -%}
{%- endfor -%}
{%- set texts = {} -%}
{%- for path in paths -%}
    {%- do texts.update({path: "json_extract_string(" ~ json ~ ", [" ~ starts | join(', ') ~ "])[" ~ loop.index ~ "]"}) -%}
{%- endfor -%}
{%- do return(texts) -%}
{% endmacro %}


{% macro json_field(json, name) %}{{ return(adapter.dispatch('json_field', 'xero_gl')(json, name)) }}{% endmacro %}

{% macro default__json_field(json, name) %}
{#- An object or an array in a field, as JSON. -#}
{%- do return(xero_gl.as_json("(" ~ json ~ " -> '" ~ name ~ "')")) -%}
{% endmacro %}

{% macro snowflake__json_field(json, name) %}{{ return("get(" ~ json ~ ", '" ~ name ~ "')") }}{% endmacro %}

{% macro bigquery__json_field(json, name) %}{{ return("json_query(" ~ json ~ ", '$." ~ name ~ "')") }}{% endmacro %}


{% macro join_items(json, alias) %}{{ return(adapter.dispatch('join_items', 'xero_gl')(json, alias)) }}{% endmacro %}

{% macro default__join_items(json, alias) %}
{#- A row for each item of an array: alias.item, and alias.place from 1. An array that is empty or null gives none. -#}
{%- do return("cross join lateral json_array_elements(" ~ json ~ ") with ordinality as " ~ alias ~ " (item, place)") -%}
{% endmacro %}

{% macro duckdb__join_items(json, alias) %}
{%- do return("cross join unnest(cast(" ~ json ~ " as json[])) with ordinality as " ~ alias ~ " (item, place)") -%}
{% endmacro %}

{% macro snowflake__join_items(json, alias) %}
{%- do return("inner join lateral (select found.value as item, found.index + 1 as place from table(flatten(input => " ~ json ~ ")) as found) as " ~ alias) -%}
{% endmacro %}

{% macro bigquery__join_items(json, alias) %}
{%- do return("cross join unnest(array(select as struct item, position + 1 as place from unnest(json_query_array(" ~ json ~ ")) as item with offset as position)) as " ~ alias) -%}
{% endmacro %}

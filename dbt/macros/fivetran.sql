{# What the tables for Fivetran's package have in common, and how that package reads them: docs/dbt.md. #}

{% macro default__union_connections(connection_dictionary, single_source_name, single_table_name, default_identifier=none) %}
{#- Instead of fivetran_utils' macro of this name, where the project's `dispatch` puts xero_gl first: Fivetran's package for Xero reads
    our model, so dbt builds that before, and not a table that may be of yesterday. Other packages of Fivetran's read what they always do. -#}
{%- if single_source_name == 'xero' -%}
select * from {{ ref('xero_gl', 'xero_gl_fivetran__' ~ single_table_name) }}
{%- else -%}
{{ fivetran_utils.default__union_connections(
    connection_dictionary, single_source_name, single_table_name, default_identifier or single_table_name
) }}
{%- endif -%}
{% endmacro %}


{% macro default__apply_source_relation(package_name, use_package_prefix=true) %}
{#- Instead of fivetran_utils' macro of this name: the package's column source_relation, which all its joins compare, is the organisation. -#}
{%- if package_name == 'xero' -%}
, _dbt_source_relation as source_relation
{%- else -%}
{{ fivetran_utils.default__apply_source_relation(package_name, use_package_prefix) }}
{%- endif -%}
{% endmacro %}


{% macro of_fivetran_tenant(tenantid) %}
{#- The condition under which a row is in a table for Fivetran's package: IDs are unique within an organisation only, so no organisation
    may be mixed with another. All are there when the package reads by organisation, as above. Otherwise it is the one that
    xero_gl_fivetran_tenant names, or the only one; of several, the database says that the subquery has more than one row. -#}
{%- set organisations = ref('xero_gl', 'stg_xero_gl__organisations') -%}
{%- set wanted = var('xero_gl_fivetran_tenant') -%}
{%- if wanted -%}
{{ tenantid }} = (
    select organisations.tenantid
    from {{ organisations }} as organisations
    where {{ dbt.string_literal(dbt.escape_single_quotes(wanted)) }} in (organisations.tenantid, organisations.name)
)
{%- elif xero_gl.is_read_by_organisation() -%}
{{ tenantid }} is not null
{%- else -%}
{{ tenantid }} = (select organisations.tenantid from {{ organisations }} as organisations)
{%- endif -%}
{% endmacro %}


{% macro is_read_by_organisation() %}
{#- Whether Fivetran's package is in this project and reads this model, not its table. -#}
{%- for node in (graph.nodes if execute else {}).values() if node.package_name == 'xero' and model.unique_id in node.depends_on.nodes -%}
    {%- do return(true) -%}
{%- endfor -%}
{%- do return(false) -%}
{% endmacro %}


{% macro fivetran_journals(lines) %}
{#- A table of journals, from the lines of a ledger. A ledger has no day of its own on which it was read: the organisation's is taken. -#}
select
    lines.tenantid as _dbt_source_relation,
    lines.journalid as journal_id,
    max(lines.journalnumber) as journal_number,
    max(lines.journaldate) as journal_date,
    max(lines.createddateutc) as created_date_utc,
    max(lines.reference) as reference,
    max(lines.sourceid) as source_id,
    max(lines.sourcetype) as source_type,
    max(organisations._airbyte_extracted_at) as _fivetran_synced
from {{ lines }} as lines
left join {{ ref('stg_xero_gl__organisations') }} as organisations on lines.tenantid = organisations.tenantid
where {{ xero_gl.of_fivetran_tenant('lines.tenantid') }}
group by lines.tenantid, lines.journalid
{%- endmacro %}


{% macro fivetran_journal_lines(lines) %}
{#- A table of the lines of journals. -#}
select
    lines.tenantid as _dbt_source_relation,
    lines.journalid as journal_id,
    lines.journallineid as journal_line_id,
    lines.accountid as account_id,
    lines.accountcode as account_code,
    lines.accountname as account_name,
    lines.accounttype as account_type,
    lines.description,
    lines.netamount as net_amount,
    lines.grossamount as gross_amount,
    lines.taxamount as tax_amount,
    lines.taxname as tax_name,
    lines.taxtype as tax_type,
    organisations._airbyte_extracted_at as _fivetran_synced
from {{ lines }} as lines
left join {{ ref('stg_xero_gl__organisations') }} as organisations on lines.tenantid = organisations.tenantid
where {{ xero_gl.of_fivetran_tenant('lines.tenantid') }}
{%- endmacro %}


{% macro fivetran_journal_tracking(lines) %}
{#- A table of the tracking of journal lines, a row for each option. The package joins by the option's ID. -#}
{%- for number in (1, 2) %}
select
    lines.tenantid as _dbt_source_relation,
    lines.journalid as journal_id,
    lines.journallineid as journal_line_id,
    lines.tracking{{ number }}categoryid as tracking_category_id,
    lines.tracking{{ number }}optionid as tracking_category_option_id,
    lines.tracking{{ number }}option as option,
    organisations._airbyte_extracted_at as _fivetran_synced
from {{ lines }} as lines
left join {{ ref('stg_xero_gl__organisations') }} as organisations on lines.tenantid = organisations.tenantid
where
    lines.tracking{{ number }}categoryid is not null
    and {{ xero_gl.of_fivetran_tenant('lines.tenantid') }}
{% if not loop.last %}union all{% endif -%}
{%- endfor -%}
{%- endmacro %}


{% macro replaced(value, pattern, replacement) %}{{ return(adapter.dispatch('replaced', 'xero_gl')(value, pattern, replacement)) }}{% endmacro %}

{% macro default__replaced(value, pattern, replacement) %}
{#- Replace every match of a pattern. -#}
{%- do return("regexp_replace(" ~ value ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "', 'g')") -%}
{% endmacro %}

{% macro snowflake__replaced(value, pattern, replacement) %}
{%- do return("regexp_replace(" ~ value ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "')") -%}
{% endmacro %}

{% macro bigquery__replaced(value, pattern, replacement) %}{{ return(xero_gl.snowflake__replaced(value, pattern, replacement)) }}{% endmacro %}

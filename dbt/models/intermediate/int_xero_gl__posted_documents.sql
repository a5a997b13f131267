{{ config(materialized='ephemeral') }}

-- R1-R4: what documents post: the control or bank account, the lines, one line of tax, and what an overwritten total leaves.
with documents as (
    select *
    from {{ ref('int_xero_gl__document_totals') }}
    where unposted_because is null
)

select
    documents.tenantid, documents.sourcetype, documents.documentid as sourceid,
    {{ xero_gl.posting('control', 0, 'controlaccountid', 'direction * owed', documentnet='direction * (total - cisdeduction)') }}
from documents
union all
select
    documents.tenantid, documents.sourcetype, documents.documentid,
    {{ xero_gl.posting(
        'line', 'lines.linenumber', 'lines.accountid', '-direction * (lines.base_net + lines.base_unclaimed)', '-direction * lines.base_tax',
        '-direction * lines.net', 'lines'
    ) }}
from documents
inner join {{ ref('int_xero_gl__document_lines') }} as lines
    on documents.tenantid = lines.tenantid and documents.documentid = lines.documentid
union all
select
    documents.tenantid, documents.sourcetype, documents.documentid,
    {{ xero_gl.posting('tax', 9001, 'system_accounts.tax', '-direction * (base_tax - base_unclaimed - base_imports)') }}
from documents
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on documents.tenantid = system_accounts.tenantid
union all
select
    documents.tenantid, documents.sourcetype, documents.documentid,
    {{ xero_gl.posting('rounding', 9002, 'system_accounts.rounding', '-direction * documents.rounding') }}
from documents
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on documents.tenantid = system_accounts.tenantid
{%- if var('xero_gl_gst_on_imports') %}
union all
select
    documents.tenantid, documents.sourcetype, documents.documentid,
    {{ xero_gl.posting('tax', 9004, 'system_accounts.tax_on_imports', '-direction * base_imports') }}
from documents
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on documents.tenantid = system_accounts.tenantid
{%- endif %}
{%- if var('xero_gl_cis') %}
union all
select
    documents.tenantid, documents.sourcetype, documents.documentid,
    {{ xero_gl.posting(
        'CIS', 9005, "case when sourcetype in ('ACCREC', 'ACCRECCREDIT') then system_accounts.cis_asset else system_accounts.cis_liability end",
        'direction * base_cisdeduction'
    ) }}
from documents
inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on documents.tenantid = system_accounts.tenantid
{%- endif %}

-- What each organisation's ledger is made from: its journals, or its documents where there are none.
{%- set documents = xero_gl.document_streams() %}
{%- set rebuilt = var('xero_gl_rebuilt_tenants') %}

with with_journals as (
    select distinct tenantid
    from {{ ref('stg_xero_gl__journal_lines') }}
    {%- if rebuilt %}
    where tenantid not in ('{{ rebuilt | join("', '") }}')
    {%- endif %}
),

with_documents as (
    {%- for stream in documents %}
    {% if not loop.first %}union distinct
    {% endif -%}
    select tenantid from {{ ref('stg_xero_gl__' ~ stream) }}
    {%- endfor %}
)

select
    organisations.tenantid,
    organisations.organisationid,
    organisations.name,
    organisations.basecurrency,
    organisations.financialyearendday,
    organisations.financialyearendmonth,
    organisations.periodlockdate,
    organisations.endofyearlockdate,
    with_journals.tenantid is not null as has_journals,
    with_documents.tenantid is not null as has_documents
from {{ ref('stg_xero_gl__organisations') }} as organisations
left join with_journals on organisations.tenantid = with_journals.tenantid
left join with_documents on organisations.tenantid = with_documents.tenantid

{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_xero_gl__organisations'}}}) }}
-- Rows of an organisation that the stream organisations does not have are in no ledger: its base currency and year end are not known.
with landed as (
    {%- for stream in xero_gl.document_streams() + ['journal_lines'] %}
    {% if not loop.first %}union all
    {% endif -%}
    select distinct '{{ stream }}' as stream, tenantid from {{ ref('stg_xero_gl__' ~ stream) }}
    {%- endfor %}
)

select landed.stream, landed.tenantid
from landed
left join {{ ref('stg_xero_gl__organisations') }} as organisations on landed.tenantid = organisations.tenantid
where organisations.tenantid is null

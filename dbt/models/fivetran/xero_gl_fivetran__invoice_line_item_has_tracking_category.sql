{{ config(alias='invoice_line_item_has_tracking_category') }}

-- The package joins by the option's name: this is the present one. A line that was read before its option was renamed has the old one.
{%- for number in (1, 2) %}
select
    lines.tenantid as _dbt_source_relation,
    lines.invoiceid as invoice_id,
    lines.lineitemid as line_item_id,
    lines.tracking{{ number }}categoryid as tracking_category_id,
    coalesce(options.name, lines.tracking{{ number }}option) as option,
    invoices._airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__invoice_lines') }} as lines
inner join {{ ref('stg_xero_gl__invoices') }} as invoices
    on lines.tenantid = invoices.tenantid and lines.invoiceid = invoices.invoiceid
left join {{ ref('stg_xero_gl__tracking_options') }} as options
    on lines.tenantid = options.tenantid and lines.tracking{{ number }}optionid = options.trackingoptionid
where
    lines.tracking{{ number }}categoryid is not null
    and {{ xero_gl.of_fivetran_tenant('lines.tenantid') }}
{% if not loop.last %}union all{% endif -%}
{%- endfor %}

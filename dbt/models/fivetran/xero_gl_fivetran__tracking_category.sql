{{ config(alias='tracking_category') }}

{#- Words that cannot be columns without quotes in DuckDB or PostgreSQL, and columns that the package has beside those of categories. -#}
{%- set taken = [
    'all', 'analyse', 'analyze', 'and', 'anti', 'any', 'array', 'as', 'asc', 'asof', 'asymmetric', 'at',
    'authorization', 'binary', 'both', 'by', 'case', 'cast', 'check', 'collate', 'collation', 'column', 'columns',
    'concurrently', 'constraint', 'create', 'cross', 'current_catalog', 'current_date', 'current_role',
    'current_schema', 'current_time', 'current_timestamp', 'current_user', 'default', 'deferrable', 'desc',
    'describe', 'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch', 'for', 'foreign', 'freeze', 'from',
    'full', 'generated', 'glob', 'grant', 'group', 'having', 'ilike', 'in', 'initially', 'inner', 'intersect', 'into',
    'is', 'isnull', 'join', 'lambda', 'lateral', 'leading', 'left', 'like', 'limit', 'localtime', 'localtimestamp',
    'map', 'natural', 'not', 'notnull', 'null', 'offset', 'on', 'only', 'or', 'order', 'outer', 'overlaps', 'pivot',
    'pivot_longer', 'pivot_wider', 'placing', 'positional', 'primary', 'qualify', 'references', 'returning', 'right',
    'select', 'semi', 'session_user', 'show', 'similar', 'some', 'struct', 'summarize', 'symmetric', 'system_user',
    'table', 'tablesample', 'then', 'to', 'trailing', 'true', 'try_cast', 'union', 'unique', 'unpack', 'unpivot',
    'user', 'using', 'variadic', 'verbose', 'when', 'where', 'window', 'with',
    'accounting_basis', 'contact_id', 'contact_name', 'invoice_id', 'journal_id', 'journal_line_id', 'line_item_id',
    'source_relation'
] -%}

-- The package makes one column for each name, in lower case, without quotes and signs. So names that would give a column that cannot be
-- or two columns of one name are changed. Organisations whose names differ in signs or case alone share a column.
with categories as (
    select
        *,
        {{ xero_gl.replaced(xero_gl.replaced('lower(name)', '[ -]+', '_'), '[^a-z0-9_]+', '') }} as column_name
    from {{ ref('stg_xero_gl__tracking_categories') }}
),

counted as (
    select
        *,
        min(name) over (partition by column_name) as shared_name,
        count(*) over (partition by tenantid, column_name) as same
    from categories
)

select
    tenantid as _dbt_source_relation,
    trackingcategoryid as tracking_category_id,
    case
        when column_name = '' then 'Tracking ' || name || ' ' || left(trackingcategoryid, 8)
        when same > 1 then shared_name || ' ' || left(trackingcategoryid, 8)
        when
            column_name in ('{{ taken | join("', '") }}')
            then 'Tracking ' || shared_name
        else shared_name
    end as name,
    status,
    _airbyte_extracted_at as _fivetran_synced
from counted
where {{ xero_gl.of_fivetran_tenant('tenantid') }}

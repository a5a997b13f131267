-- The var xero_gl_fivetran_tenant names an organisation that was landed: otherwise the tables for Fivetran's package would all be empty.
{{ config(enabled=(var('xero_gl_fivetran_tenant') or '') != '') }}

select 'no organisation has this tenant ID or name' as problem
from (select count(*) as organisations from {{ ref('xero_gl_fivetran__organization') }}) as found
where organisations = 0

-- The first and the last day of each financial year. "31 April" is 30 April.
with januaries as (
    {%- for year in range(1969, 2101) %}
    {% if not loop.first %}union all
    {% endif -%}
    select cast('{{ year }}-01-01' as date) as day
    {%- endfor %}
),

months as (
    select
        organisations.tenantid,
        organisations.financialyearendday,
        {{ dbt.dateadd('month', 'organisations.financialyearendmonth - 1', 'januaries.day') }} as first_of_month,
        {{ xero_gl.month_end(dbt.dateadd('month', 'organisations.financialyearendmonth - 1', 'januaries.day')) }} as last_of_month
    from {{ ref('stg_xero_gl__organisations') }} as organisations
    cross join januaries
),

ends as (
    select
        tenantid,
        least(cast({{ dbt.dateadd('day', 'financialyearendday - 1', 'first_of_month') }} as date), last_of_month) as last_day
    from months
)

select
    tenantid,
    cast({{ dbt.dateadd('day', 1, 'lag(last_day) over (partition by tenantid order by last_day)') }} as date) as first_day,
    last_day
from ends

-- Every account of the ledger: the chart, and accounts that only journals still name; with the place of each in Xero's reports.
with named_by_journals as (
    select
        lines.tenantid,
        lines.accountid,
        max(lines.accountcode) as code,
        max(lines.accountname) as name,
        max(lines.accounttype) as type
    from {{ ref('stg_xero_gl__journal_lines') }} as lines
    left join {{ ref('int_xero_gl__chart') }} as chart
        on lines.tenantid = chart.tenantid and lines.accountid = chart.accountid
    where chart.accountid is null
    group by lines.tenantid, lines.accountid
),

accounts as (
    select tenantid, accountid, code, name, type, class, systemaccount, is_foreign
    from {{ ref('int_xero_gl__chart') }}
    union all
    select tenantid, accountid, code, name, type, null, null, false
    from named_by_journals
    union all
    -- Earnings that are in no account: of this year, and of earlier years where the chart has no account for them.
    select tenantid, 'CURRENTYEAREARNINGS', null, 'Current Year Earnings', 'EQUITY', null, null, false
    from {{ ref('int_xero_gl__organisations') }}
    union all
    select organisations.tenantid, 'RETAINEDEARNINGS', null, 'Retained Earnings', 'EQUITY', null, null, false
    from {{ ref('int_xero_gl__organisations') }} as organisations
    left join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on organisations.tenantid = system_accounts.tenantid
    where system_accounts.retained_earnings is null
),

placed as (
    select
        accounts.tenantid,
        accounts.accountid,
        accounts.code,
        accounts.name,
        accounts.type,
        coalesce(accounts.class, sections.class) as class,
        accounts.systemaccount,
        accounts.is_foreign,
        sections.section,
        sections.section_place
    from accounts
    left join {{ ref('int_xero_gl__report_sections') }} as sections on accounts.type = sections.type
)

select
    placed.tenantid,
    placed.accountid,
    placed.code,
    placed.name,
    placed.type,
    placed.class,
    placed.systemaccount,
    coalesce(placed.is_foreign, false) as is_foreign,
    coalesce(placed.class in ('REVENUE', 'EXPENSE'), false) as is_profit,
    -- What the reports print as positive: income, liabilities and equity are credits.
    case when placed.class in ('REVENUE', 'LIABILITY', 'EQUITY') then -1 else 1 end as sign,
    -- An account that is known by its class only stands in the section that most accounts of its class have.
    coalesce(placed.section, usual.section) as section,
    coalesce(placed.section_place, usual.section_place) as section_place
from placed
left join {{ ref('int_xero_gl__report_sections') }} as usual
    on placed.class = usual.class and usual.type in ('REVENUE', 'EXPENSE', 'CURRENT', 'CURRLIAB', 'EQUITY')

"""The queries behind the page. Each asks for one organisation, but for that which lists the organisations.

DuckDB and PostgreSQL both understand them, and sort texts in the same way.
"""

from __future__ import annotations

ORGANISATIONS = """
select organisations.tenantid, organisations.name, organisations.basecurrency, organisations.has_journals, landed.read_at
from xero_gl_steps.int_xero_gl__organisations as organisations
left join (
    select tenantid, max(_airbyte_extracted_at) as read_at from xero_gl_steps.stg_xero_gl__organisations group by tenantid
) as landed on organisations.tenantid = landed.tenantid
order by lower(organisations.name) collate "C", organisations.tenantid
"""

LAST_MONTH = """
select max(monthend) from xero_gl.balance_sheet_by_month where tenantid = $tenant and monthend <= coalesce($read, monthend)
"""

PROOF_CELLS = """
select
    monthend, accountid, accountcode, accountname, accountclass,
    case when difference = 0 then 'AGREES' when set_apart is not null then 'SET APART' else 'DIFFERS' end as state,
    difference,
    set_apart
from xero_gl.trial_balance_proof
where tenantid = $tenant
union all
select
    monthend, accountid, max(accountcode), max(accountname), max(accountclass), 'NOT COMPARED', sum(netamount), null
from (
    select
        *,
        cast(date_trunc('month', journaldate) + interval '1 month' - interval '1 day' as date) as monthend
    from xero_gl.general_ledger
    where tenantid = $tenant
) as ledger
where monthend not in (select monthend from xero_gl.trial_balance_proof where tenantid = $tenant)
group by monthend, accountid
"""
"""A ledger of journals: balances against Xero's. What it has in months without a trial balance is compared with nothing."""

REBUILT_CELLS = """
select
    coalesce(cells.monthend, proof.monthend),
    coalesce(cells.accountid, proof.accountid),
    coalesce(cells.accountcode, proof.accountcode),
    coalesce(cells.accountname, proof.accountname),
    coalesce(cells.accountclass, proof.accountclass),
    case
        when proof.difference <> 0 or cells.is_failure then 'DIFFERS'
        when cells.state = 'EXPLAINED' then 'AGREES'
        when cells.state = 'UNEXPLAINED' then 'SET APART'
        else cells.state
    end,
    coalesce(nullif(proof.difference, 0), cells.unexplained),
    cells.hint
from (select * from xero_gl.reconciliation where tenantid = $tenant) as cells
full join (select * from xero_gl.trial_balance_proof where tenantid = $tenant) as proof
    on cells.monthend = proof.monthend and cells.accountid = proof.accountid
where cells.accountid is not null or proof.difference <> 0
"""
"""A rebuilt ledger takes what it cannot explain from Xero, so its balances agree: what counts is how each month is explained."""

PROFITS = """
select section, section_place, accountid, accountcode, accountname, accounttype, accountclass, monthend,
    sum(amount), sum(netamount), sum(unexplained)
from xero_gl.profit_and_loss_by_month
where tenantid = $tenant and monthend between $first and $last
group by section, section_place, accountid, accountcode, accountname, accounttype, accountclass, monthend
order by section_place, accountcode collate "C", accountname collate "C", monthend
"""

BALANCES = """
select section, section_place, accountid, accountcode, accountname, accounttype, accountclass, monthend,
    sum(amount), sum(balance), 0.00
from xero_gl.balance_sheet_by_month
where tenantid = $tenant and monthend between $first and $last
group by section, section_place, accountid, accountcode, accountname, accounttype, accountclass, monthend
order by section_place, accountcode collate "C", accountname collate "C", monthend
"""

AGED = """
select contactid, contactname, bucket, sum(baseamount)
from xero_gl.{model}
where tenantid = $tenant and as_at = $day
group by contactid, contactname, bucket
having sum(baseamount) <> 0
order by contactname collate "C", contactid, bucket
"""

LATE = """
select monthend, reason, is_locked, count(*), sum(greatest(netamount, 0)), max(createddateutc)
from xero_gl.late_postings
where tenantid = $tenant
group by monthend, reason, is_locked
order by monthend desc, reason
"""

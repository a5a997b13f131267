with movements as (
    select
        tenantid,
        accountid,
        {{ xero_gl.month_end('journaldate') }} as monthend,
        {{ xero_gl.tracking_names() }},
        sum(netamount) as netamount,
        sum(case when origin in ('OPENING', 'UNEXPLAINED') then netamount else 0 end) as unexplained
    from {{ ref('int_xero_gl__ledger_lines') }}
    group by tenantid, accountid, {{ xero_gl.month_end('journaldate') }}, {{ xero_gl.tracking_names() }}
)

select
    movements.tenantid,
    movements.monthend,
    accounts.section,
    accounts.section_place,
    movements.accountid,
    accounts.code as accountcode,
    accounts.name as accountname,
    accounts.type as accounttype,
    accounts.class as accountclass,
    {{ xero_gl.tracking_names('movements') }},
    accounts.sign * movements.netamount as amount,
    accounts.sign * movements.unexplained as unexplained,
    movements.netamount
from movements
inner join {{ ref('int_xero_gl__ledger_accounts') }} as accounts
    on movements.tenantid = accounts.tenantid and movements.accountid = accounts.accountid
where accounts.is_profit and (movements.netamount <> 0 or movements.unexplained <> 0)

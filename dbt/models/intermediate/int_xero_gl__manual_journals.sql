-- R10: manual journals that are posted.
with lines as (
    select
        tenantid,
        manualjournalid,
        sum(tax) as tax,
        sum(net + tax) as total,
        sum(case when accountid is null then 1 else 0 end) as without_account
    from {{ ref('int_xero_gl__manual_journal_lines') }}
    group by tenantid, manualjournalid
)

select
    journals.tenantid,
    journals.manualjournalid,
    journals.date,
    journals.updateddateutc,
    coalesce(journals.narration, '') as reference,
    lines.tax,
    case
        when journals.date is null or journals.date <= cast('1970-01-01' as date) then 'it has no date'
        when lines.without_account > 0 then 'a line has an account that is not in the chart'
        when lines.total <> 0 then 'its debits are not its credits'
    end as unposted_because
from {{ ref('stg_xero_gl__manual_journals') }} as journals
inner join {{ ref('stg_xero_gl__organisations') }} as organisations on journals.tenantid = organisations.tenantid
inner join lines on journals.tenantid = lines.tenantid and journals.manualjournalid = lines.manualjournalid
where journals.status = 'POSTED'

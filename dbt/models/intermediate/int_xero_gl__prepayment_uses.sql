-- R6, R7: a prepayment is on the accounts of its own lines. Each use on an invoice and each refund takes a share of every line back.
-- Shares are cumulative and rounded once each, so nothing is left on the lines when all of it is used.
with uses as (
    select
        tenantid, allocationid as settlementid, creditid as documentid, 'PREPAYMENTALLOCATION' as sourcetype, invoiceid, date, amount
    from {{ ref('int_xero_gl__allocations') }}
    union all
    select tenantid, paymentid, documentid, paymenttype, null, date, amount
    from {{ ref('int_xero_gl__payments') }}
    where unposted_because is null
),

running as (
    select
        uses.*,
        documents.direction,
        documents.total,
        documents.base_net + documents.base_tax as base_total,
        sum(uses.amount) over (
            partition by uses.tenantid, uses.documentid
            order by uses.date, uses.settlementid
            rows between unbounded preceding and current row
        ) as used
    from uses
    inner join {{ ref('int_xero_gl__document_totals') }} as documents
        on uses.tenantid = documents.tenantid and uses.documentid = documents.documentid
    where documents.kind like '%-PREPAYMENT' and documents.unposted_because is null and documents.total <> 0
),

shares as (
    select
        running.*,
        lines.linenumber,
        lines.accountid,
        lines.description,
        lines.taxtype,
        {{ xero_gl.tracking_names('lines') }},
        {{ xero_gl.share('running.base_total') }} as base_used,
        {{ xero_gl.share('(lines.base_net + lines.base_unclaimed)') }} as share_net,
        {{ xero_gl.share('(lines.base_tax - lines.base_unclaimed)') }} as base_tax
    from running
    inner join {{ ref('int_xero_gl__document_lines') }} as lines
        on running.tenantid = lines.tenantid and running.documentid = lines.documentid
)

select
    shares.*,
    -- The first line takes the odd cent, so that the parts add up to what was used.
    share_net + case
        when linenumber = min(linenumber) over (partition by tenantid, settlementid)
            then base_used - sum(share_net + base_tax) over (partition by tenantid, settlementid)
        else 0
    end as base_net
from shares

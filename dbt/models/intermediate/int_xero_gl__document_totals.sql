-- What each document owes in the base currency, and why a document is not posted where its amounts or accounts are not clear.
with entered as (
    select
        tenantid,
        documentid,
        sum(net + tax) as amount,
        sum(base_net) as base_net,
        sum(base_tax) as base_tax,
        sum(base_unclaimed) as base_unclaimed,
        sum(base_imports) as base_imports,
        sum(case when accountid is null then 1 else 0 end) as without_account
    from {{ ref('int_xero_gl__document_lines') }}
    group by tenantid, documentid
)

select
    documents.*,
    coalesce(entered.base_net, 0) as base_net,
    coalesce(entered.base_tax, 0) as base_tax,
    coalesce(entered.base_unclaimed, 0) as base_unclaimed,
    coalesce(entered.base_imports, 0) as base_imports,
    -- A total that was overwritten by some cents: the difference is no line.
    {{ xero_gl.cents('(documents.total - coalesce(entered.amount, 0)) / documents.currencyrate') }} as rounding,
    {{ xero_gl.cents('documents.cisdeduction / documents.currencyrate') }} as base_cisdeduction,
    coalesce(entered.base_net, 0) + coalesce(entered.base_tax, 0)
    + {{ xero_gl.cents('(documents.total - coalesce(entered.amount, 0)) / documents.currencyrate') }}
    - {{ xero_gl.cents('documents.cisdeduction / documents.currencyrate') }} as owed,
    case
        when documents.sourcetype is null then 'its type is not known'
        when documents.date is null then 'it has no date'
        when documents.currencyrate is null then 'it has no currency rate'
        when entered.amount is null and documents.total <> 0 then 'it has a total and no lines'
        when entered.without_account > 0 then 'a line has an account that is not in the chart'
        when documents.controlaccountid is null then 'its control or bank account is not in the chart'
    end as unposted_because
from {{ ref('int_xero_gl__documents') }} as documents
left join entered on documents.tenantid = entered.tenantid and documents.documentid = entered.documentid

-- The lines that invoices have now. invoice_line_items also keeps lines that an edit took away: they carry the stamp of the
-- version that had them, so a line counts when its stamp is its invoice's. For DuckDB and Postgres.
select line.*
from invoice_line_items as line
join invoices as invoice
    on invoice.tenantid = line.tenantid
    and invoice.invoiceid = line.invoiceid
    and invoice.updateddateutc = line.updateddateutc

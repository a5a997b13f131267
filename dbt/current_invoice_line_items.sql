-- The current lines of invoices. invoice_line_items also keeps lines that an edit removed, with an older UpdatedDateUTC: a line is
-- current when its UpdatedDateUTC is that of its invoice. For DuckDB and Postgres.
select line.*
from invoice_line_items as line
join invoices as invoice
    on invoice.tenantid = line.tenantid
    and invoice.invoiceid = line.invoiceid
    and invoice.updateddateutc = line.updateddateutc

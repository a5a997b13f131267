-- Fills the source tables of Fivetran's dbt package for Xero from the tables of this connector. For DuckDB and Postgres.
-- Run it after each sync. It reads the tables on the search path and writes to the schema fivetran_xero. If you do not sync a
-- stream, remove its statements here and switch it off in dbt. See docs/dbt.md.

create schema if not exists fivetran_xero;

-- One organisation: if the tables hold several, the statements below fail until you choose one here:
-- from organisations where tenantid = '...'
create table if not exists fivetran_xero.tenant (
    tenantid text
);
delete from fivetran_xero.tenant;
insert into fivetran_xero.tenant (tenantid)
select distinct tenantid from organisations;


create table if not exists fivetran_xero.organization (
    organisation_id text,
    name text,
    base_currency text,
    financial_year_end_month integer,
    financial_year_end_day integer,
    _fivetran_synced timestamp
);
delete from fivetran_xero.organization;
insert into fivetran_xero.organization (
    organisation_id, name, base_currency, financial_year_end_month, financial_year_end_day, _fivetran_synced
)
select
    organisationid as organisation_id,
    name,
    basecurrency as base_currency,
    financialyearendmonth as financial_year_end_month,
    financialyearendday as financial_year_end_day,
    _airbyte_extracted_at as _fivetran_synced
from organisations
where tenantid = (select tenantid from fivetran_xero.tenant);


create table if not exists fivetran_xero.account (
    account_id text,
    code text,
    name text,
    type text,
    class text,
    status text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.account;
insert into fivetran_xero.account (account_id, code, name, type, class, status, _fivetran_synced)
select
    accountid as account_id,
    code,
    name,
    type,
    upper(class) as class,
    status,
    _airbyte_extracted_at as _fivetran_synced
from accounts
where tenantid = (select tenantid from fivetran_xero.tenant);


create table if not exists fivetran_xero.contact (
    contact_id text,
    name text,
    _fivetran_deleted boolean,
    _fivetran_synced timestamp
);
delete from fivetran_xero.contact;
insert into fivetran_xero.contact (contact_id, name, _fivetran_deleted, _fivetran_synced)
select
    contactid as contact_id,
    name,
    false as _fivetran_deleted,
    _airbyte_extracted_at as _fivetran_synced
from contacts
where tenantid = (select tenantid from fivetran_xero.tenant);


create table if not exists fivetran_xero.journal (
    journal_id text,
    journal_number bigint,
    journal_date date,
    created_date_utc timestamp,
    reference text,
    source_id text,
    source_type text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.journal;
insert into fivetran_xero.journal (
    journal_id, journal_number, journal_date, created_date_utc, reference, source_id, source_type, _fivetran_synced
)
select
    journalid as journal_id,
    journalnumber as journal_number,
    journaldate as journal_date,
    createddateutc as created_date_utc,
    reference,
    sourceid as source_id,
    sourcetype as source_type,
    _airbyte_extracted_at as _fivetran_synced
from journals
where tenantid = (select tenantid from fivetran_xero.tenant);


create table if not exists fivetran_xero.journal_line (
    journal_id text,
    journal_line_id text,
    account_id text,
    account_code text,
    account_name text,
    account_type text,
    description text,
    net_amount decimal(38, 9),
    gross_amount decimal(38, 9),
    tax_amount decimal(38, 9),
    tax_name text,
    tax_type text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.journal_line;
insert into fivetran_xero.journal_line (
    journal_id, journal_line_id, account_id, account_code, account_name, account_type, description, net_amount,
    gross_amount, tax_amount, tax_name, tax_type, _fivetran_synced
)
select
    journalid as journal_id,
    journallineid as journal_line_id,
    accountid as account_id,
    accountcode as account_code,
    accountname as account_name,
    accounttype as account_type,
    description,
    netamount as net_amount,
    grossamount as gross_amount,
    taxamount as tax_amount,
    taxname as tax_name,
    taxtype as tax_type,
    _airbyte_extracted_at as _fivetran_synced
from journal_lines
where tenantid = (select tenantid from fivetran_xero.tenant);


-- The package makes a column of each name, without quotes. A reserved word of SQL (a category named Group) or a name without Latin
-- letters would be a syntax error, and two names that differ only in punctuation would give the same column.
create table if not exists fivetran_xero.tracking_category (
    tracking_category_id text,
    name text,
    status text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.tracking_category;
insert into fivetran_xero.tracking_category (tracking_category_id, name, status, _fivetran_synced)
with categories as (
    select
        *,
        regexp_replace(regexp_replace(lower(name), '[ -]+', '_', 'g'), '[^a-z0-9_]+', '', 'g') as column_name
    from tracking_categories
    where tenantid = (select tenantid from fivetran_xero.tenant)
)
select
    trackingcategoryid as tracking_category_id,
    case
        when min(name) over (partition by column_name) <> max(name) over (partition by column_name)
            then name || ' ' || left(trackingcategoryid, 8)
        when column_name in (
            '', 'all', 'analyse', 'analyze', 'and', 'anti', 'any', 'array', 'as', 'asc', 'asof', 'asymmetric', 'at',
            'authorization', 'binary', 'both', 'by', 'case', 'cast', 'check', 'collate', 'collation', 'column', 'columns',
            'concurrently', 'constraint', 'create', 'cross', 'current_catalog', 'current_date', 'current_role',
            'current_schema', 'current_time', 'current_timestamp', 'current_user', 'default', 'deferrable', 'desc',
            'describe', 'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch', 'for', 'foreign', 'freeze', 'from',
            'full', 'generated', 'glob', 'grant', 'group', 'having', 'ilike', 'in', 'initially', 'inner', 'intersect',
            'into', 'is', 'isnull', 'join', 'lambda', 'lateral', 'leading', 'left', 'like', 'limit', 'localtime',
            'localtimestamp', 'map', 'natural', 'not', 'notnull', 'null', 'offset', 'on', 'only', 'or', 'order', 'outer',
            'overlaps', 'pivot', 'pivot_longer', 'pivot_wider', 'placing', 'positional', 'primary', 'qualify',
            'references', 'returning', 'right', 'select', 'semi', 'session_user', 'show', 'similar', 'some', 'struct',
            'summarize', 'symmetric', 'system_user', 'table', 'tablesample', 'then', 'to', 'trailing', 'true', 'try_cast',
            'union', 'unique', 'unpack', 'unpivot', 'user', 'using', 'variadic', 'verbose', 'when', 'where', 'window',
            'with'
        )
            then 'Tracking ' || name
        else name
    end as name,
    status,
    _airbyte_extracted_at as _fivetran_synced
from categories;


create table if not exists fivetran_xero.tracking_category_has_option (
    tracking_category_id text,
    tracking_option_id text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.tracking_category_has_option;
insert into fivetran_xero.tracking_category_has_option (tracking_category_id, tracking_option_id, _fivetran_synced)
select
    category.trackingcategoryid as tracking_category_id,
    (category.options -> option.position) ->> 'TrackingOptionID' as tracking_option_id,
    category._airbyte_extracted_at as _fivetran_synced
from tracking_categories as category
join generate_series(0, 999) as option (position)
    on option.position < json_array_length(cast(nullif(cast(category.options as text), 'null') as json))
where category.tenantid = (select tenantid from fivetran_xero.tenant);


-- The package drops options that are not ACTIVE, and with them the tracking of their lines. So archived options are ACTIVE here, and
-- is_archived says which ones are archived.
create table if not exists fivetran_xero.tracking_category_option (
    tracking_option_id text,
    name text,
    status text,
    has_validation_errors boolean,
    is_active boolean,
    is_archived boolean,
    is_deleted boolean,
    _fivetran_synced timestamp
);
delete from fivetran_xero.tracking_category_option;
insert into fivetran_xero.tracking_category_option (
    tracking_option_id, name, status, has_validation_errors, is_active, is_archived, is_deleted, _fivetran_synced
)
with options as (
    select category.options -> option.position as option, category._airbyte_extracted_at
    from tracking_categories as category
    join generate_series(0, 999) as option (position)
        on option.position < json_array_length(cast(nullif(cast(category.options as text), 'null') as json))
    where category.tenantid = (select tenantid from fivetran_xero.tenant)
)
select
    option ->> 'TrackingOptionID' as tracking_option_id,
    option ->> 'Name' as name,
    case option ->> 'Status' when 'DELETED' then 'DELETED' else 'ACTIVE' end as status,
    cast(option ->> 'HasValidationErrors' as boolean) as has_validation_errors,
    (option ->> 'Status') = 'ACTIVE' as is_active,
    (option ->> 'Status') = 'ARCHIVED' as is_archived,
    (option ->> 'Status') = 'DELETED' as is_deleted,
    _airbyte_extracted_at as _fivetran_synced
from options;


create table if not exists fivetran_xero.journal_line_has_tracking_category (
    journal_id text,
    journal_line_id text,
    tracking_category_id text,
    tracking_category_option_id text,
    option text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.journal_line_has_tracking_category;
insert into fivetran_xero.journal_line_has_tracking_category (
    journal_id, journal_line_id, tracking_category_id, tracking_category_option_id, option, _fivetran_synced
)
select
    line.journalid as journal_id,
    line.journallineid as journal_line_id,
    tracked.category_id as tracking_category_id,
    tracked.option_id as tracking_category_option_id,
    tracked.option,
    line._airbyte_extracted_at as _fivetran_synced
from journal_lines as line
cross join lateral (
    values
        (line.tracking1categoryid, line.tracking1optionid, line.tracking1option),
        (line.tracking2categoryid, line.tracking2optionid, line.tracking2option)
) as tracked (category_id, option_id, option)
where line.tenantid = (select tenantid from fivetran_xero.tenant)
    and tracked.category_id is not null;


create table if not exists fivetran_xero.invoice (
    invoice_id text,
    contact_id text,
    type text,
    status text,
    invoice_number text,
    reference text,
    date date,
    due_date date,
    fully_paid_on_date date,
    expected_payment_date timestamp,
    planned_payment_date timestamp,
    updated_date_utc timestamp,
    currency_code text,
    currency_rate decimal(38, 9),
    sent_to_contact boolean,
    url text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.invoice;
insert into fivetran_xero.invoice (
    invoice_id, contact_id, type, status, invoice_number, reference, date, due_date, fully_paid_on_date,
    expected_payment_date, planned_payment_date, updated_date_utc, currency_code, currency_rate, sent_to_contact,
    url, _fivetran_synced
)
select
    invoiceid as invoice_id,
    contact ->> 'ContactID' as contact_id,
    type,
    status,
    invoicenumber as invoice_number,
    reference,
    date,
    duedate as due_date,
    fullypaidondate as fully_paid_on_date,
    expectedpaymentdate as expected_payment_date,
    plannedpaymentdate as planned_payment_date,
    updateddateutc as updated_date_utc,
    currencycode as currency_code,
    currencyrate as currency_rate,
    senttocontact as sent_to_contact,
    url,
    _airbyte_extracted_at as _fivetran_synced
from invoices
where tenantid = (select tenantid from fivetran_xero.tenant);


-- The package joins by the account's code: this is the current one, because a new code does not move the invoice's stamp.
create table if not exists fivetran_xero.invoice_line_item (
    invoice_id text,
    line_item_id text,
    account_code text,
    description text,
    item_code text,
    quantity decimal(38, 9),
    unit_amount decimal(38, 9),
    discount_rate decimal(38, 9),
    discount_entered_as_percent boolean,
    line_amount decimal(38, 9),
    tax_amount decimal(38, 9),
    tax_type text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.invoice_line_item;
insert into fivetran_xero.invoice_line_item (
    invoice_id, line_item_id, account_code, description, item_code, quantity, unit_amount, discount_rate,
    discount_entered_as_percent, line_amount, tax_amount, tax_type, _fivetran_synced
)
with current_invoice_line_items as (
    select line.*
    from invoice_line_items as line
    join invoices as invoice
        on invoice.tenantid = line.tenantid
        and invoice.invoiceid = line.invoiceid
        and invoice.updateddateutc = line.updateddateutc
)
select
    line.invoiceid as invoice_id,
    line.lineitemid as line_item_id,
    coalesce(account.code, line.accountcode) as account_code,
    line.description,
    line.itemcode as item_code,
    line.quantity,
    line.unitamount as unit_amount,
    line.discountrate as discount_rate,
    line.discountenteredaspercent as discount_entered_as_percent,
    line.lineamount as line_amount,
    line.taxamount as tax_amount,
    line.taxtype as tax_type,
    line._airbyte_extracted_at as _fivetran_synced
from current_invoice_line_items as line
left join fivetran_xero.account as account
    on account.account_id = line.accountid
where line.tenantid = (select tenantid from fivetran_xero.tenant);


-- The package joins by the option's name: this is the current one, because a line that was read before its option was renamed has
-- the old name.
create table if not exists fivetran_xero.invoice_line_item_has_tracking_category (
    invoice_id text,
    line_item_id text,
    tracking_category_id text,
    option text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.invoice_line_item_has_tracking_category;
insert into fivetran_xero.invoice_line_item_has_tracking_category (
    invoice_id, line_item_id, tracking_category_id, option, _fivetran_synced
)
with current_invoice_line_items as (
    select line.*
    from invoice_line_items as line
    join invoices as invoice
        on invoice.tenantid = line.tenantid
        and invoice.invoiceid = line.invoiceid
        and invoice.updateddateutc = line.updateddateutc
)
select
    line.invoiceid as invoice_id,
    line.lineitemid as line_item_id,
    tracked.category_id as tracking_category_id,
    coalesce(present.name, tracked.option) as option,
    line._airbyte_extracted_at as _fivetran_synced
from current_invoice_line_items as line
cross join lateral (
    values
        (line.tracking1categoryid, line.tracking1optionid, line.tracking1option),
        (line.tracking2categoryid, line.tracking2optionid, line.tracking2option)
) as tracked (category_id, option_id, option)
left join fivetran_xero.tracking_category_option as present
    on present.tracking_option_id = tracked.option_id
where line.tenantid = (select tenantid from fivetran_xero.tenant)
    and tracked.category_id is not null;


create table if not exists fivetran_xero.credit_note (
    credit_note_id text,
    contact_id text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.credit_note;
insert into fivetran_xero.credit_note (credit_note_id, contact_id, _fivetran_synced)
select
    creditnoteid as credit_note_id,
    contact ->> 'ContactID' as contact_id,
    _airbyte_extracted_at as _fivetran_synced
from credit_notes
where tenantid = (select tenantid from fivetran_xero.tenant);


create table if not exists fivetran_xero.bank_transaction (
    bank_transaction_id text,
    contact_id text,
    _fivetran_synced timestamp
);
delete from fivetran_xero.bank_transaction;
insert into fivetran_xero.bank_transaction (bank_transaction_id, contact_id, _fivetran_synced)
select
    banktransactionid as bank_transaction_id,
    contact ->> 'ContactID' as contact_id,
    _airbyte_extracted_at as _fivetran_synced
from bank_transactions
where tenantid = (select tenantid from fivetran_xero.tenant);

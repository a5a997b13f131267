-- Only for tables of Airbyte's Postgres destination, which keeps the case of names ("TenantID") and stores instants with a time
-- zone: views with the names that xero_tables.sql reads, for the rest of this session. Run both files in one session.

do $$
declare
    landed record;
begin
    for landed in
        with columns as (
            select
                table_schema,
                table_name,
                lower(column_name) as name,
                string_agg(
                    format('%I', column_name)
                    || case data_type when 'timestamp with time zone' then ' at time zone ''UTC''' else '' end,
                    ', ' order by ordinal_position
                ) as spellings
            from information_schema.columns
            where table_schema = any (current_schemas(false))
                and table_name in (
                    'accounts', 'bank_transactions', 'contacts', 'credit_notes', 'invoice_line_items', 'invoices',
                    'journal_lines', 'journals', 'organisations', 'tracking_categories'
                )
            group by table_schema, table_name, lower(column_name)
        )
        select table_schema, table_name, string_agg(format('coalesce(%s) as %I', spellings, name), ', ') as fields
        from columns
        group by table_schema, table_name
    loop
        execute format(
            'create or replace temporary view %I as select %s from %I.%I',
            landed.table_name, landed.fields, landed.table_schema, landed.table_name
        );
    end loop;
end
$$;

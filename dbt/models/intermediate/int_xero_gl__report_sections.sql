-- Where Xero's reports print an account, by its type: https://developer.xero.com/documentation/api/accounting/types#account-types
{%- set sections = [
    ('Income', 'REVENUE', ['REVENUE', 'SALES']),
    ('Less Cost of Sales', 'EXPENSE', ['DIRECTCOSTS']),
    ('Plus Other Income', 'REVENUE', ['OTHERINCOME']),
    ('Less Operating Expenses', 'EXPENSE', ['EXPENSE', 'OVERHEADS', 'DEPRECIATN', 'WAGESEXPENSE', 'SUPERANNUATIONEXPENSE']),
    ('Bank', 'ASSET', ['BANK']),
    ('Current Assets', 'ASSET', ['CURRENT', 'PREPAYMENT', 'INVENTORY']),
    ('Fixed Assets', 'ASSET', ['FIXED']),
    ('Non-current Assets', 'ASSET', ['NONCURRENT']),
    ('Current Liabilities', 'LIABILITY', [
        'CURRLIAB', 'LIABILITY', 'PAYG', 'PAYGLIABILITY', 'SUPERANNUATIONLIABILITY', 'WAGESPAYABLELIABILITY'
    ]),
    ('Non-current Liabilities', 'LIABILITY', ['TERMLIAB']),
    ('Equity', 'EQUITY', ['EQUITY']),
] %}
{% for section, class, types in sections -%}
{%- set place = loop.index -%}
{%- set is_last = loop.last -%}
{%- for type in types %}
select '{{ type }}' as type, '{{ class }}' as class, '{{ section }}' as section, {{ place }} as section_place
{%- if not (is_last and loop.last) %}
union all
{%- endif -%}
{%- endfor -%}
{%- endfor %}

{% macro cents(value) %}
{#- Round to cents, half away from zero. A quotient is a binary fraction in DuckDB (1.00499…): nine decimals first, so that it is 1.005. -#}
cast(round(cast({{ value }} as decimal(38, 9)), 2) as decimal(18, 2))
{%- endmacro %}


{% macro base_money() %}
{#- What a payment moved, in the base currency. Xero's rates have six decimals, too few for large amounts, so BankAmount is better
    where the money account is in the base currency, and where it fits Amount and the rate. A document that is not in the tables may
    be in any currency: the payment's own rate decides. -#}
case
            when documents.currencycode = organisations.basecurrency
                then cast(payments.amount as {{ xero_gl.type_of('cents') }})
            when
                not accounts.is_foreign
                and abs(payments.bankamount * payments.currencyrate - payments.amount)
                <= 0.01 * payments.currencyrate + 0.00001 * payments.amount
                then cast(payments.bankamount as {{ xero_gl.type_of('cents') }})
            else {{ xero_gl.cents('payments.amount / payments.currencyrate') }}
        end
{%- endmacro %}


{% macro share(value) %}
{#- The part of a value that one use takes: what is used so far less what was used before, each rounded once. -#}
{{ xero_gl.cents(value ~ ' * used / total') }} - {{ xero_gl.cents(value ~ ' * (used - amount) / total') }}
{%- endmacro %}

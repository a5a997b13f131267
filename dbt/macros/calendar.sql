{% macro month_end(date) %}
{#- The last day of the month of a date. -#}
cast({{ dbt.last_day(date, 'month') }} as date)
{%- endmacro %}

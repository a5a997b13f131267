{% test row_key(model, columns, optional=[]) %}
{#- Columns that together are unique and never null; optional ones take part and may be null. -#}
select {{ (columns + optional) | join(', ') }}, count(*) as number_of_rows
from {{ model }}
group by {{ (columns + optional) | join(', ') }}
having count(*) > 1
{%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}

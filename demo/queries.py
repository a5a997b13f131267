"""Three queries worth typing: what the company earned, who owes it money, and what was posted after a month was done."""

from __future__ import annotations

QUERIES = (
    """select section, accountname, sum(amount) as amount
from xero_gl.profit_and_loss_by_month
where monthend between '2025-04-30' and '2026-03-31'
group by all order by min(section_place), min(accountcode);""",
    """select contactname, min(duedate) as since, sum(baseamount) as owed
from xero_gl.aged_receivables
where as_at = '2026-09-30' and documenttype = 'ACCREC' and days_overdue > 0
group by all order by owed desc;""",
    """select journaldate, createddateutc, accountname, netamount
from xero_gl.late_postings
order by createddateutc desc, journallineid;""",
)

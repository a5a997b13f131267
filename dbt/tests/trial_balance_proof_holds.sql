-- Every balance agrees with Xero's trial balance to the cent, but for what Xero keeps out of its journals.
select *
from {{ ref('trial_balance_proof') }}
where difference <> 0 and set_apart is null

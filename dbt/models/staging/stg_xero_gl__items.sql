with landed as (
    {{ xero_gl.landed('items', {
        'TenantID': 'text',
        'ItemID': 'text',
        'Code': 'text',
        'IsTrackedAsInventory': 'boolean',
        'InventoryAssetAccountCode': 'text',
        'PurchaseDetails': 'json',
    }) | indent }}
)

select
    tenantid,
    itemid,
    code,
    istrackedasinventory,
    inventoryassetaccountcode,
    {{ xero_gl.json_text('purchasedetails', 'COGSAccountCode') }} as cogsaccountcode
from landed

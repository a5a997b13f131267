"""What a ledger is read with: accounts, tracking categories, the organisation, contacts, items, tax rates and the like."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.keyset import KeysetStream
from source_xero_gl.engine.passes import PassStream
from source_xero_gl.engine.snapshot import SnapshotStream
from source_xero_gl.readers.changes.state import UPDATED


class Accounts(SnapshotStream):
    """The chart of accounts. See https://developer.xero.com/documentation/api/accounting/accounts."""

    name = "accounts"
    path = "Accounts"
    records_key = "Accounts"
    id_field = "AccountID"


class TrackingCategories(SnapshotStream):
    """Tracking categories and their options. See https://developer.xero.com/documentation/api/accounting/trackingcategories."""

    name = "tracking_categories"
    path = "TrackingCategories"
    records_key = "TrackingCategories"
    id_field = "TrackingCategoryID"
    params: ClassVar = {"includeArchived": "true"}


class Organisations(SnapshotStream):
    """The organisation that is read. See https://developer.xero.com/documentation/api/accounting/organisation."""

    name = "organisations"
    path = "Organisation"
    records_key = "Organisations"
    id_field = "OrganisationID"


class Contacts(KeysetStream):
    """Customers and suppliers. See https://developer.xero.com/documentation/api/accounting/contacts."""

    name = "contacts"
    path = "Contacts"
    records_key = "Contacts"
    id_field = "ContactID"
    params: ClassVar = {"includeArchived": "true"}


class ContactGroups(SnapshotStream):
    """Groups of contacts; who is in them stands in the contacts.

    See https://developer.xero.com/documentation/api/accounting/contactgroups.
    """

    name = "contact_groups"
    path = "ContactGroups"
    records_key = "ContactGroups"
    id_field = "ContactGroupID"


class Items(SnapshotStream):
    """What is sold and bought. The quantity and cost of tracked items change without a date that a cursor could see.

    See https://developer.xero.com/documentation/api/accounting/items.
    """

    name = "items"
    path = "Items"
    records_key = "Items"
    id_field = "ItemID"
    params: ClassVar = {"unitdp": 4}


class TaxRates(SnapshotStream):
    """Tax rates and their components. See https://developer.xero.com/documentation/api/accounting/taxrates."""

    name = "tax_rates"
    path = "TaxRates"
    records_key = "TaxRates"
    id_field = "TaxType"


class Currencies(SnapshotStream):
    """Currencies in use. See https://developer.xero.com/documentation/api/accounting/currencies."""

    name = "currencies"
    path = "Currencies"
    records_key = "Currencies"
    id_field = "Code"


class BrandingThemes(SnapshotStream):
    """Layouts of documents. See https://developer.xero.com/documentation/api/accounting/brandingthemes."""

    name = "branding_themes"
    path = "BrandingThemes"
    records_key = "BrandingThemes"
    id_field = "BrandingThemeID"


class Users(PassStream):
    """Who works in the organisation. See https://developer.xero.com/documentation/api/accounting/users."""

    name = "users"
    path = "Users"
    records_key = "Users"
    id_field = "UserID"
    cursor_field = UPDATED
    paged = False

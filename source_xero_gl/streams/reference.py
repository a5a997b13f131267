"""What a ledger is read with: accounts, tracking categories, the organisation, contacts, items, tax rates and the like."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.engine.stream import XeroStream
from source_xero_gl.readers.changes.reader import ByChange
from source_xero_gl.readers.passes import in_one_call
from source_xero_gl.readers.snapshot import Snapshot, TheOrganisation


class Accounts(XeroStream):
    """The chart of accounts. See https://developer.xero.com/documentation/api/accounting/accounts."""

    name = "accounts"
    path = "Accounts"
    key = ("AccountID",)
    reader = Snapshot()


class TrackingCategories(XeroStream):
    """Tracking categories and their options. See https://developer.xero.com/documentation/api/accounting/trackingcategories."""

    name = "tracking_categories"
    path = "TrackingCategories"
    key = ("TrackingCategoryID",)
    reader = Snapshot()
    params: ClassVar = {"includeArchived": "true"}


class Organisations(XeroStream):
    """The organisation that is read. See https://developer.xero.com/documentation/api/accounting/organisation."""

    name = "organisations"
    path = "Organisation"
    records_key = "Organisations"
    key = ("OrganisationID",)
    reader = TheOrganisation()


class Contacts(XeroStream):
    """Customers and suppliers. See https://developer.xero.com/documentation/api/accounting/contacts."""

    name = "contacts"
    path = "Contacts"
    key = ("ContactID",)
    reader = ByChange()
    params: ClassVar = {"includeArchived": "true"}


class ContactGroups(XeroStream):
    """Groups of contacts; each contact names the groups that it is in.

    See https://developer.xero.com/documentation/api/accounting/contactgroups.
    """

    name = "contact_groups"
    path = "ContactGroups"
    key = ("ContactGroupID",)
    reader = Snapshot()


class Items(XeroStream):
    """What is sold and bought. The quantity and cost of tracked items change without a date that a cursor could see.

    See https://developer.xero.com/documentation/api/accounting/items.
    """

    name = "items"
    path = "Items"
    key = ("ItemID",)
    reader = Snapshot()
    params: ClassVar = {"unitdp": 4}


class TaxRates(XeroStream):
    """Tax rates and their components. See https://developer.xero.com/documentation/api/accounting/taxrates."""

    name = "tax_rates"
    path = "TaxRates"
    key = ("TaxType",)
    reader = Snapshot()


class Currencies(XeroStream):
    """Currencies in use. See https://developer.xero.com/documentation/api/accounting/currencies."""

    name = "currencies"
    path = "Currencies"
    key = ("Code",)
    reader = Snapshot()


class BrandingThemes(XeroStream):
    """Layouts of documents. See https://developer.xero.com/documentation/api/accounting/brandingthemes."""

    name = "branding_themes"
    path = "BrandingThemes"
    key = ("BrandingThemeID",)
    reader = Snapshot()


class Users(XeroStream):
    """Who works in the organisation. See https://developer.xero.com/documentation/api/accounting/users."""

    name = "users"
    path = "Users"
    key = ("UserID",)
    reader = ByChange(way=in_one_call)

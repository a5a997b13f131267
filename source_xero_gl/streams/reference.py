"""What a ledger cannot be read without: accounts, tracking categories, the organisation and contacts."""

from __future__ import annotations

from typing import ClassVar

from source_xero_gl.streams.keyset import KeysetStream
from source_xero_gl.streams.snapshot import SnapshotStream


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

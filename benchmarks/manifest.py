"""The smallest manifest with which Airbyte's low-code engine reads all journals: no state, no dates, no retries of its own.

See https://docs.airbyte.com/platform/connector-development/config-based/understanding-the-yaml-file/reference.
"""

from __future__ import annotations

from typing import Any

_REQUESTER = {
    "type": "HttpRequester",
    "url_base": "{{ config['url'] }}/api.xro/2.0/",
    "path": "Journals",
    "http_method": "GET",
    "authenticator": {"type": "BearerAuthenticator", "api_token": "{{ config['access_token'] }}"},
    "request_headers": {"xero-tenant-id": "{{ config['tenant_id'] }}", "Accept": "application/json"},
}

_PAGINATOR = {
    "type": "DefaultPaginator",
    "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "offset"},
    "pagination_strategy": {
        "type": "CursorPagination",
        "cursor_value": "{{ last_record['JournalNumber'] }}",
        "stop_condition": "{{ last_page_size == 0 }}",
    },
}

MANIFEST: dict[str, Any] = {
    "type": "DeclarativeSource",
    "version": "6.0.0",
    "spec": {
        "type": "Spec",
        "connection_specification": {"type": "object", "additionalProperties": True, "properties": {}},
    },
    "check": {"type": "CheckStream", "stream_names": ["journals"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "journals",
            "primary_key": ["JournalID"],
            "schema_loader": {
                "type": "InlineSchemaLoader",
                "schema": {"type": "object", "additionalProperties": True, "properties": {}},
            },
            "retriever": {
                "type": "SimpleRetriever",
                "requester": _REQUESTER,
                "paginator": _PAGINATOR,
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": ["Journals"]},
                },
            },
        }
    ],
}

"""``make schemas-check OPENAPI=xero_accounting.yaml``: compare the schemas with Xero's OpenAPI description.

For each stream, at any depth, it lists the fields that the schema lacks, those whose type differs from Xero's, and those
that Xero's description does not have. An object type is compared in full where it first occurs. Where it occurs again,
within itself or deeper, only its ID, number, name and dates are expected. Exit status: 0 when all schemas are complete, 1
when there is a difference without a known reason, 2 when the file cannot be used.

The description is ``xero_accounting.yaml`` of https://github.com/XeroAPI/Xero-OpenAPI.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tools.schemas_facts import DOCUMENTS, EXTRAS, OURS, PLAIN_TEXT, REMOVED, SOURCES, Source

Json = Mapping[str, Any]
Path_ = tuple[str, ...]

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


class UnusableDescriptionError(ValueError):
    """The file is not an OpenAPI description, or lacks an object type. The text is a sentence for people."""


class Description:
    """The object types of an OpenAPI description."""

    def __init__(self, types: Json) -> None:
        self._types = types

    @classmethod
    def read(cls, path: Path) -> Description:
        """Read a description.

        Raises:
            UnusableDescriptionError: the file cannot be read, or is not an OpenAPI description.
        """
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            with path.open(encoding="utf-8") as file:
                content = yaml.load(file, Loader=loader)  # noqa: S506 - both loaders are safe ones
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise UnusableDescriptionError(f"{path} cannot be read: {error}") from error
        try:
            types = content["components"]["schemas"] if "openapi" in content else {}
            usable = bool(types) and all(isinstance(kind, dict) for kind in types.values())
        except (AttributeError, KeyError, TypeError):
            types, usable = {}, False
        if not usable:
            raise UnusableDescriptionError(f"{path} is no OpenAPI description: expected types in components.schemas.")
        return cls(types)

    def fields(self, name: str) -> Json:
        """Return the fields of an object type.

        Raises:
            UnusableDescriptionError: there is no such type.
        """
        properties = self._types.get(name, {}).get("properties")
        if not isinstance(properties, dict) or not properties:
            raise UnusableDescriptionError(f"Xero's description has no object type {name}.")
        return properties

    def child(self, declaration: Json) -> str | None:
        """Return the object type that a field, or the items of a list, consist of; None for plain values."""
        reference = declaration.get("$ref") or declaration.get("items", {}).get("$ref")
        name = str(reference).rsplit("/", 1)[-1]
        return name if reference and "properties" in self._types.get(name, {}) else None

    def kind(self, declaration: Json) -> str:
        """Return the JSON type of a field, ``unknown`` where the description gives none."""
        if "type" not in declaration and "$ref" in declaration:
            declaration = self._types.get(declaration["$ref"].rsplit("/", 1)[-1], {})
        return str(declaration.get("type", "object" if "properties" in declaration else "unknown"))

    def first_levels(self, root: str) -> dict[str, int]:
        """Return for each object type that is reachable from `root` the level at which it first occurs."""
        levels, current = {root: 0}, [root]
        while current:
            children = [self.child(declaration) for name in current for declaration in self.fields(name).values()]
            level = levels[current[0]] + 1
            current = [name for name in dict.fromkeys(children) if name and name not in levels]
            levels.update(dict.fromkeys(current, level))
        return levels


def wire_format(declaration: Json) -> str | None:
    """Return the format that a field in Xero's date notation has in our schemas."""
    if declaration.get("x-is-msdate-time"):
        return "date-time"
    return "date" if declaration.get("x-is-msdate") else None


def resolved(schema: Any, shared: Path) -> Any:
    """Return a schema with each ``$ref`` replaced by what it names: a file in `shared`, or a part of one."""
    if isinstance(schema, list):
        return [resolved(item, shared) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" not in schema:
        return {key: resolved(value, shared) for key, value in schema.items()}
    file, _, pointer = schema["$ref"].partition("#")
    found = json.loads((shared / file).read_text(encoding="utf-8"))
    for part in filter(None, pointer.split("/")):
        found = found[part]
    return resolved(found, shared)


@dataclass
class Comparison:
    """One schema beside what Xero describes.

    Attributes:
        compared: how many fields were found on both sides.
        faults: a line for each field that is missing, differs, or is beyond without a known reason.
        beyond: fields beyond Xero's description, and the reason.
    """

    description: Description
    source: Source
    compared: int = 0
    faults: list[str] = field(default_factory=list)
    beyond: dict[str, str] = field(default_factory=dict)
    _levels: dict[str, int] = field(default_factory=dict)

    def run(self, schema: Json) -> Comparison:
        """Compare the schema of a stream; return the finished comparison."""
        name = self.source.type_name
        try:
            expected = dict(self.source.chosen)
            if name:
                self._levels = self.description.first_levels(name)
                expected |= {
                    key: (name, key) for key in self.description.fields(name) if key not in self.source.without
                }
            self._object(schema, expected, set(), (name,) if name else (), "")
        except UnusableDescriptionError as error:
            self.faults.append(str(error))
        if not self.compared:
            self.faults.append("nothing could be compared")
        return self

    def _object(
        self, schema: Json, expected: Mapping[str, tuple[str, str]], may_lack: set[str], path: Path_, where: str
    ) -> None:
        ours = schema.get("properties", {})
        for name, (owner, official) in expected.items():
            declaration = self.description.fields(owner).get(official)
            if declaration is None:
                self.faults.append(f"{where}{name}: Xero's type {owner} has no field {official} any more")
            elif name in ours:
                self._field(ours[name], declaration, f"{owner}.{official}", path, f"{where}{name}")
            elif name not in may_lack and f"{owner}.{official}" not in REMOVED:
                self.faults.append(f"{where}{name}: missing, {self.description.kind(declaration)} of {owner}")
        for name in ours:
            if name not in expected:
                self._beyond(name, path, where)

    def _field(self, ours: Json, declaration: Json, official: str, path: Path_, where: str) -> None:
        self.compared += 1
        self._value(ours, declaration, None if official in PLAIN_TEXT else wire_format(declaration), where)
        child = self.description.child(declaration)
        many = self.description.kind(declaration) == "array"
        inner = ours.get("items", {}) if many else ours
        if child:
            self._nested(inner, child, path, f"{where}{'[].' if many else '.'}")
        elif many:
            self._value(inner, declaration.get("items", {}), None, f"{where}[]")

    def _value(self, ours: Json, declaration: Json, wanted: str | None, where: str) -> None:
        kind, types = self.description.kind(declaration), ours.get("type", [])
        kinds = {types} if isinstance(types, str) else set(types) - {"null"}
        if kind == "unknown" or (kind == "object" and not self.description.child(declaration)):
            self.faults.append(f"{where}: Xero describes it without a named type, compare it by eye")
        elif kinds != {kind}:
            self.faults.append(f"{where}: {', '.join(sorted(kinds)) or 'untyped'} here, {kind} in Xero's description")
        elif ours.get("format") != wanted:
            self.faults.append(f"{where}: format {ours.get('format')} here, should be {wanted}")

    def _nested(self, schema: Json, name: str, path: Path_, where: str) -> None:
        fields = self.description.fields(name)
        is_reference = name in path or (name in DOCUMENTS and len(path) > self._levels.get(name, 0))
        keys = {f"{name}ID", f"{name}Number", "Name", *(key for key, value in fields.items() if wire_format(value))}
        may_lack = set(fields) - keys if is_reference else set()
        self._object(schema, {key: (name, key) for key in fields}, may_lack, (*path, name), where)

    def _beyond(self, name: str, path: Path_, where: str) -> None:
        official = f"{path[-1]}.{name}" if path else name
        if not where and name in OURS:
            self.beyond[name] = OURS[name]
        elif official in EXTRAS:
            self.beyond[official] = EXTRAS[official]
        else:
            self.faults.append(f"{where}{name}: beyond Xero's description without a known reason")


def compare_all(description: Description, schemas: Path, sources: Mapping[str, Source]) -> dict[str, Comparison]:
    """Compare the schema files of a directory; a stream without a file, or the other way round, is a fault as well."""
    files = {file.stem: file for file in schemas.glob("*.json")}
    found = {}
    for name in sorted({*files, *sources}):
        comparison = found[name] = Comparison(description, sources.get(name, Source(None)))
        if name not in sources:
            comparison.faults.append("no type of Xero's is known for this stream: add it to schemas_facts.py")
        elif name not in files:
            comparison.faults.append("there is no schema")
        else:
            comparison.run(resolved(json.loads(files[name].read_text(encoding="utf-8")), schemas / "shared"))
    return found


def report(found: Mapping[str, Comparison]) -> Iterator[str]:
    """Yield lines: what was compared, and what came of it."""
    for name, comparison in found.items():
        source = comparison.source
        types = dict.fromkeys([*filter(None, [source.type_name]), *(owner for owner, _ in source.chosen.values())])
        yield f"{name} ({', '.join(types) or 'no type'}): {comparison.compared} fields compared"
        yield from (f"  FAULT {fault}" for fault in comparison.faults)
        if comparison.beyond:
            yield f"  beyond: {', '.join(sorted(comparison.beyond))}"
    beyond = {name: reason for comparison in found.values() for name, reason in comparison.beyond.items()}
    yield "Fields beyond Xero's description, and why:"
    yield from (f"  {name}: {beyond[name]}" for name in sorted(beyond))
    if unneeded := set(EXTRAS) - set(beyond):
        yield f"Known to be beyond it, but no more, or in no schema: {', '.join(sorted(unneeded))}"
    faults = sum(len(comparison.faults) for comparison in found.values())
    fields = sum(comparison.compared for comparison in found.values())
    yield f"{len(found)} streams, {fields} fields compared, {len(beyond)} kinds of fields beyond, {faults} faults."


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare our schemas with a description and print the report; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.schemas_check", description="Compare the schemas with Xero's OpenAPI description."
    )
    parser.add_argument("openapi", type=Path, help="path of xero_accounting.yaml")
    try:
        found = compare_all(Description.read(parser.parse_args(arguments).openapi), SCHEMAS, SOURCES)
    except UnusableDescriptionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in report(found))
    return 1 if any(comparison.faults for comparison in found.values()) or not found else 0


if __name__ == "__main__":
    sys.exit(main())

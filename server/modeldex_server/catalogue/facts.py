"""Facts: the parts of a document that can come from different sources, and how several sources make one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from modeldex.v1 import model_pb2 as pb

PRIVATE = "private"  # the source of what a caller saved
EVERY_OTHER = "*"  # in field_sources: every fact whose path is not named

_NOT_FACTS = frozenset({"id", "provider_id", "provider_model_id", "field_sources", "listed_by", "unlisted"})
_BY_KEY = ("capabilities", "prices", "metadata")


def paths(document: pb.Model) -> Iterator[str]:
    """The path of each fact, as in `field_sources`: "context_window", "capabilities.vision", "prices.input"."""
    for field, value in document.ListFields():
        name = field.name
        if name in _NOT_FACTS:
            continue
        if name == "metadata":
            yield from (f"metadata.{key}" for key in value.fields)
        elif name in _BY_KEY:
            yield from (f"{name}.{key}" for key in value)
        elif name == "lifecycle":
            yield from (f"lifecycle.{part.name}" for part, _ in value.ListFields())
        else:
            yield name


def attribute(document: pb.Model, source_id: str) -> None:
    """Say of every fact that one source supplied it."""
    document.field_sources.clear()
    document.field_sources[EVERY_OTHER] = source_id


def source_of(document: pb.Model, path: str) -> str:
    """The source that supplied a fact; empty where nobody says."""
    return document.field_sources.get(path) or document.field_sources.get(EVERY_OTHER, "")


def reattribute(document: pb.Model, suppliers: Mapping[str, str]) -> None:
    """Say of some facts that these sources supplied them. What is said of facts that are not there goes."""
    most = document.field_sources.get(EVERY_OTHER, "")
    known = {EVERY_OTHER, *paths(document)}
    said = {path: source for path, source in {**document.field_sources, **suppliers}.items() if path in known}
    document.field_sources.clear()
    document.field_sources.update(
        {path: source for path, source in said.items() if path == EVERY_OTHER or source != most}
    )


def merge(records: Sequence[tuple[str, pb.Model]]) -> pb.Model:
    """One document of what several sources say: fact by fact, the first source that knows it counts.

    Args:
        records: (source id, facts), the most trusted first; at least one.
    """
    source_id, first = records[0]
    document = pb.Model()
    document.CopyFrom(first)
    if len(records) == 1:
        attribute(document, source_id)
    else:
        _attribute_each(document, _add_all(document, records))
    document.listed_by[:] = sorted(source_id for source_id, _ in records)
    return document


def _add_all(document: pb.Model, records: Sequence[tuple[str, pb.Model]]) -> dict[str, str]:
    source_id, first = records[0]
    suppliers = dict.fromkeys(paths(first), source_id)
    for source_id, record in records[1:]:
        for path in list(paths(record)):
            if path not in suppliers:
                _copy(document, record, path)
                suppliers[path] = source_id
    return suppliers


def _attribute_each(document: pb.Model, suppliers: Mapping[str, str]) -> None:
    """Name the source of each fact; the one that supplied the most is named once."""
    if not suppliers:
        return
    most = Counter(suppliers.values()).most_common(1)[0][0]
    attribute(document, most)
    document.field_sources.update({path: source for path, source in suppliers.items() if source != most})


def _copy(document: pb.Model, record: pb.Model, path: str) -> None:
    name, _, key = path.partition(".")
    if name == "metadata":
        document.metadata.fields[key].CopyFrom(record.metadata.fields[key])
    elif name == "capabilities":
        document.capabilities[key].CopyFrom(record.capabilities[key])
    elif name == "prices":
        document.prices[key].CopyFrom(record.prices[key])
    elif name == "lifecycle":
        part = pb.Lifecycle()
        part.CopyFrom(record.lifecycle)
        for field, _ in record.lifecycle.ListFields():
            if field.name != key:
                part.ClearField(field.name)  # type: ignore[arg-type]
        document.lifecycle.MergeFrom(part)
    else:
        part_of_model = pb.Model()
        part_of_model.CopyFrom(record)
        for field, _ in record.ListFields():
            if field.name != name:
                part_of_model.ClearField(field.name)  # type: ignore[arg-type]
        document.MergeFrom(part_of_model)

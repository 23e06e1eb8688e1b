"""Facts: the parts of a document that can come from different sources, and how several sources make one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modeldex.v1 import model_pb2 as pb

PRIVATE = "private"  # the source of what a caller saved

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
    document.field_sources.update(dict.fromkeys(paths(document), source_id))


def merge(records: Sequence[tuple[str, pb.Model]]) -> pb.Model:
    """One document of what several sources say: fact by fact, the first source that knows it counts.

    Args:
        records: (source id, facts), the most trusted first; at least one.
    """
    source_id, first = records[0]
    document = pb.Model()
    document.CopyFrom(first)
    attribute(document, source_id)
    for source_id, record in records[1:]:
        _add(document, source_id, record)
    document.listed_by[:] = sorted(source_id for source_id, _ in records)
    return document


def _add(document: pb.Model, source_id: str, record: pb.Model) -> None:
    known = document.field_sources
    for path in list(paths(record)):
        if path not in known:
            _copy(document, record, path)
            known[path] = source_id


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

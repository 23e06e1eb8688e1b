"""The pages of the contract: one a service, and one of the messages and enums that they share."""

from __future__ import annotations

from collections.abc import Iterator

from modeldex_server.security.roles import REQUIRED
from reference import contract
from reference.contract import Contract, Enum, Field, Message, Method, Service
from reference.markdown import GENERATED, code, paragraphs, prose, table

_ERRORS = "errors.md"
MESSAGES = "messages.md"
_WITH_RPCS = ("Request", "Response")


def page_name(service: Service) -> str:
    """The file of a service's page."""
    return f"{service.name[: -len('Service')].lower()}_service.md"


def service_page(service: Service, all_of_it: Contract) -> str:
    """The page of one service: what holds for all its RPCs, a table of them, and each with its messages."""
    messages = {message.name: message for message in all_of_it.messages}
    parts = [GENERATED, f"# {service.name}\n", *_text(service.comment)]
    parts.append(f"Full name: `{service.path}`. Values that messages share are on [Messages]({MESSAGES}).\n")
    rows = [
        (f"[`{one.name}`](#{one.name})", _first_sentence(one.comment), code(_role(service, one)))
        for one in service.methods
    ]
    parts.append(table(("RPC", "what it does", "role"), rows))
    parts += [part for one in service.methods for part in _method(service, one, messages)]
    return "\n".join(parts)


def messages_page(all_of_it: Contract) -> str:
    """The page of what several RPCs share: all messages but requests and responses, and the enums."""
    parts = [GENERATED, "# Messages\n"]
    parts.append("What the RPCs speak of. Requests and responses stand with their RPCs.\n")
    for message in all_of_it.messages:
        if not message.name.endswith(_WITH_RPCS):
            parts += [f"## {message.name} {{ #{message.name} }}\n", *_text(message.comment), _fields(message)]
    parts.append("## Enums\n")
    for enum in all_of_it.enums:
        if enum.name != "ErrorReason":
            parts += [f"### {enum.name} {{ #{enum.name} }}\n", *_text(enum.comment), _values(enum)]
    return "\n".join(parts)


def _method(service: Service, method: Method, messages: dict[str, Message]) -> Iterator[str]:
    yield f"## {method.name} {{ #{method.name} }}\n"
    yield from _text(method.comment)
    yield f"Role: [`{_role(service, method)}`](roles.md). Retries: {method.safety}.\n"
    yield from _example(service, method)
    for name in (method.request, method.response):
        message = messages[name]
        streamed = ", a stream of them" if method.streams and name == method.response else ""
        yield f"### {name} {{ #{name} }}\n"
        yield _prose(message.comment) + (f" The answer is{streamed[1:]}." if streamed else "") + "\n"
        yield _fields(message) if message.fields else "No fields.\n"


def _example(service: Service, method: Method) -> Iterator[str]:
    """The request of clients/grpcurl, as a command."""
    file = contract.ROOT / "clients" / "grpcurl" / f"{service.name}.{method.name}.json"
    request = file.read_text().strip()
    yield (
        f'??? example "With grpcurl"\n\n    ```sh\n    grpcurl -plaintext -d @ localhost:50051 '
        f"{service.path}/{method.name} <<'EOF'\n"
        + "".join(f"    {line}\n" for line in request.splitlines())
        + "    EOF\n    ```\n"
    )


def _role(service: Service, method: Method) -> str:
    return str(REQUIRED[f"{service.path}/{method.name}"])


def _fields(message: Message) -> str:
    return table(
        ("field", "type", ""),
        (
            (code(field.name), _type(field), " ".join(_prose(part) for part in paragraphs(field.comment)))
            for field in message.fields
        ),
    )


def _type(field: Field) -> str:
    """The words of a type, its name linked to where it is explained."""
    if not field.type_name or field.type_name not in field.type:
        return field.type
    return field.type.replace(field.type_name, f"[{field.type_name}]({_place(field.type_name)})")


def _place(name: str) -> str:
    """Where a type is explained. A request that is a field of another stands with its own RPC, on the same page."""
    if name == "ErrorReason":
        return _ERRORS
    return f"#{name}" if name.endswith(_WITH_RPCS) else f"{MESSAGES}#{name}"


def _values(enum: Enum) -> str:
    rows = ((code(value.name), str(value.number), _prose(" ".join(paragraphs(value.comment)))) for value in enum.values)
    return table(("value", "number", ""), rows)


def _text(comment: str) -> list[str]:
    return [_prose(part) + "\n" for part in paragraphs(comment)]


def _prose(text: str) -> str:
    return prose(text, errors=_ERRORS).replace("|", "\\|")


def _first_sentence(comment: str) -> str:
    first, stop, _ = paragraphs(comment)[0].partition(". ")
    return _prose(first + (stop.strip() or ""))

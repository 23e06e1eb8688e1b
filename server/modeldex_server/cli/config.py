"""`modeldex config`: how discovery works, for all replicas."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Output
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column, draw

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor

    from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration

app = typer.Typer(cls=Group, add_completion=False, help="How discovery works, for all replicas.")


@app.command()
@asks
def show(session: Session) -> None:
    """Show the configuration, and which fields the server's environment or file fixes."""
    with session.client() as client:
        answer = client.discovery.configuration()
    session.output.answer(answer, lambda: _lines(answer.configuration, answer.fixed_fields, session.output))
    session.output.say(f"Version {answer.version}. To change a field: modeldex config set FIELD=VALUE")


@app.command("set")
@asks
def set_fields(
    session: Session,
    settings: Annotated[
        list[str], typer.Argument(metavar="FIELD=VALUE...", help="For example refresh_interval=30m retry_attempts=5.")
    ],
    expected_version: Annotated[
        int | None, typer.Option(min=0, metavar="VERSION", help="Only if this is the current version.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the audit trail.")] = "",
) -> None:
    """Change the configuration for all replicas, at once and for good."""
    configuration, fields = _read(settings)
    with session.client() as client:
        answer = client.discovery.update_configuration(
            configuration, fields=fields, expected_version=expected_version, reason=reason
        )
    session.output.answer(answer, lambda: _lines(answer.configuration, (), session.output))
    session.output.say(f"In force on all replicas; version {answer.version}.")


def _lines(configuration: "DiscoveryConfiguration", fixed: Sequence[str], output: Output) -> Iterator[str]:
    columns: list[Column[FieldDescriptor]] = [
        Column("field", lambda field: field.name, fold=True),
        Column("value", lambda field: _value(configuration, field)),
        Column(
            "",
            lambda field: "fixed by the server" if field.name in fixed else "",
            drop=1,
            quiet=True,
            style=lambda _: Style.CAUTION,
        ),
    ]
    return draw(columns, list(configuration.DESCRIPTOR.fields), output.width, colour=output.colour)


def _value(configuration: "DiscoveryConfiguration", field: "FieldDescriptor") -> str:
    if not configuration.HasField(field.name):  # type: ignore[arg-type] # of its own descriptor
        return texts.UNKNOWN
    value = getattr(configuration, field.name)
    if field.message_type is not None:
        return texts.span(texts.seconds(value))
    return str(value).lower()  # a number, or true or false


def _read(settings: Sequence[str]) -> tuple["DiscoveryConfiguration", list[str]]:
    """The new values and the names of their fields."""
    from google.protobuf.descriptor import FieldDescriptor  # noqa: PLC0415

    from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration  # noqa: PLC0415

    configuration, fields = DiscoveryConfiguration(), []
    by_name = DiscoveryConfiguration.DESCRIPTOR.fields_by_name
    for setting in settings:
        name, separator, text = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not separator or name not in by_name:
            raise UsageFailure(f"{setting!r} is no FIELD=VALUE; the fields are {', '.join(by_name)}.")
        if by_name[name].message_type is not None:
            seconds = arguments.span(text, name)
            getattr(configuration, name).FromMilliseconds(round(seconds * 1000))
        elif by_name[name].type == FieldDescriptor.TYPE_BOOL:
            setattr(configuration, name, _flag(text, name))
        else:
            setattr(configuration, name, _whole(text, name))
        fields.append(name)
    return configuration, fields


def _flag(text: str, name: str) -> bool:
    try:
        return {"true": True, "false": False}[text.strip().lower()]
    except KeyError:
        raise UsageFailure(f"{name} takes true or false, not {text!r}.") from None


def _whole(text: str, name: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not -1 < number < 2**31:
        raise UsageFailure(f"{name} takes a whole number, for example 3, not {text!r}.")
    return number

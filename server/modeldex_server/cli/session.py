"""What every command that asks a server has in common: the options, the client, the output, the errors."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, TypeVar, get_args

import typer

from modeldex_server.cli.problems import ClosedPipe, Failure, failure_of
from modeldex_server.cli.target import TargetOptions, connect
from modeldex_server.cli.terminal.output import Output, OutputOptions

if TYPE_CHECKING:
    from modeldex_client import Client

P = ParamSpec("P")
Options = TypeVar("Options", TargetOptions, OutputOptions)


@dataclass(frozen=True)
class Session:
    """One run of a command."""

    target: TargetOptions
    output: Output

    @contextmanager
    def client(self, *, timeout: float | None = None) -> Iterator["Client"]:
        """A caller of the server. `timeout`: seconds for a call, unless --timeout names others."""
        with connect(self.target, quiet=self.output.quiet, timeout=timeout) as client:
            yield client


@dataclass(frozen=True)
class Before:
    """The options that stood before the command's name."""

    target: TargetOptions
    output: OutputOptions

    @property
    def is_empty(self) -> bool:
        """Whether none stood there."""
        return (self.target, self.output) == (TargetOptions(), OutputOptions())


def asks(command: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    """Make a command of a function: typer sees the function's own options and the common ones, the function gets a
    session. A parameter that is a dataclass stands for an option a field."""
    own = [*inspect.signature(command, eval_str=True).parameters.values()][1:]

    def run(context: typer.Context, **given: Any) -> None:
        before = context.obj if isinstance(context.obj, Before) else Before(TargetOptions(), OutputOptions())
        target = _merged(before.target, _taken(TargetOptions, given))
        output = _merged(before.output, _taken(OutputOptions, given))
        # What gRPC's core would log of a failed handshake is told by the error, in words.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        with _told():
            session = Session(target, Output(output))
            arguments = {
                parameter.name: _taken(parameter.annotation, given)
                if is_dataclass(parameter.annotation)
                else given[parameter.name]
                for parameter in own
            }
            command(session, **arguments)  # type: ignore[call-arg] # made of the command's own signature

    functools.update_wrapper(run, command)
    del run.__wrapped__  # type: ignore[attr-defined] # typer would look through to the function
    return with_options(run, own, TargetOptions, OutputOptions)


def with_options(
    run: Callable[..., None], parameters: Sequence[inspect.Parameter], *groups: type, hidden: bool = False
) -> Callable[..., None]:
    """Give a function of a context the parameters that typer shall see, and then those of the groups. `hidden`: the
    help does not show the groups."""
    shown = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    for parameter in parameters:
        if is_dataclass(parameter.annotation):
            shown += _options_of(parameter.annotation)
        else:
            shown.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    for group in groups:
        shown += [_hidden(option) for option in _options_of(group)] if hidden else _options_of(group)
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return run


def remember(context: typer.Context, **given: Any) -> None:
    """Keep the options that stand before a command's name."""
    context.obj = Before(_taken(TargetOptions, given), _taken(OutputOptions, given))


def _options_of(group: Any) -> list[inspect.Parameter]:
    return [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(group, eval_str=True).parameters.values()
    ]


def _hidden(option: inspect.Parameter) -> inspect.Parameter:
    kind, shown = get_args(option.annotation)
    unseen = copy(shown)
    unseen.hidden = True
    return option.replace(annotation=Annotated[kind, unseen])


def _taken(group: Any, given: Mapping[str, Any]) -> Any:
    return group(**{field.name: given[field.name] for field in fields(group)})


def _merged(before: Options, after: Options) -> Options:
    """What stands after the command's name counts more than what stands before it."""
    named = {
        field.name: value
        for field in fields(after)
        if field.default is not MISSING and (value := getattr(after, field.name)) != field.default
    }
    return replace(before, **named)


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the client as failures; a fault of our own in one line, too. With -X dev it is shown whole."""
    try:
        yield
    except BrokenPipeError:
        raise ClosedPipe from None  # typer has an exit code of its own for it
    except (Failure, OSError, typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        from modeldex_client import ModeldexError  # noqa: PLC0415

        if isinstance(error, ModeldexError):
            raise failure_of(error) from None
        if sys.flags.dev_mode:
            raise
        fault = f"{type(error).__name__}: {error}"
        raise Failure(f"A fault of this command: {fault}. PYTHONDEVMODE=1 shows where.") from None

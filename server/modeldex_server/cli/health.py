"""`modeldex health`: whether a server serves, as load balancers and containers ask. Needs no token."""

import typer

from modeldex_server.cli.problems import ExitCode, Failure
from modeldex_server.cli.session import Session, asks

app = typer.Typer(add_completion=False)

_SECONDS = 2.0


@app.command()
@asks
def health(session: Session) -> None:
    """Ask whether the server serves, by grpc.health.v1: ends with 0 if it does, and with 4 if not. Needs no token."""
    import grpc  # noqa: PLC0415
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # noqa: PLC0415

    with session.client(timeout=_SECONDS) as client:
        target = client.target
        try:
            answer = health_pb2_grpc.HealthStub(client.channel).Check(
                health_pb2.HealthCheckRequest(), timeout=session.target.timeout or _SECONDS
            )
        except grpc.RpcError as error:
            raise Failure(
                f"No server says at {target} that it serves ({error.code().name}).", ExitCode.UNAVAILABLE
            ) from None
    status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        raise Failure(f"The server at {target} says {status}.", ExitCode.UNAVAILABLE)
    session.output.answer(answer, lambda: ["serving"])

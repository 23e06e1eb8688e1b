"""Statistics and health of the feed as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Format, Output
from modeldex_server.cli.terminal.styles import Style

if TYPE_CHECKING:
    from modeldex.v1 import subscriber_service_pb2 as pb
    from modeldex_client import Client


def show_stats(output: Output, client: Client, seconds: float) -> None:
    """Subscriptions, deliveries, and the events of the last so many seconds."""
    answers = (
        client.feed.subscription_stats(),
        client.feed.publish_stats(),
        client.feed.event_stats(datetime.now(UTC) - timedelta(seconds=seconds)),
    )
    if output.format is Format.JSON:
        output.raw(answers)
        return
    output.answer(answers[0], lambda: _stats_lines(*answers, seconds, output.width, colour=output.colour))


def _stats_lines(
    subscriptions: pb.GetSubscriptionStatsResponse,
    published: pb.GetPublishStatsResponse,
    events: pb.GetEventStatsResponse,
    seconds: float,
    width: int | None,
    *,
    colour: bool,
) -> Iterator[str]:
    card = Card(width, colour)
    card.add("subscriptions", _standing(subscriptions))
    card.add("clients", texts.keys(subscriptions.by_client))
    rate, peak = subscriptions.average_events_per_second, subscriptions.peak_events_per_second
    card.add("rate", f"{rate:.3g} updates a second over the last minute, {peak:,} at most")
    batches = subscriptions.batches
    if batches.total_batches:
        card.add("batches", f"{batches.total_batches:,}, {batches.average_batch_size:.3g} updates in one on average")
    card.add("published", f"{texts.plural(published.total_events_published, 'update')} since the beginning")
    card.add("delivered", _delivered(published))
    card.add("errors", texts.keys(published.errors_by_type), Style.CAUTION)
    card.add(f"last {texts.typed(seconds)}", texts.plural(events.total_events, "event"))
    card.add("by type", texts.keys(events.events_by_type))
    card.add("by provider", texts.keys(events.events_by_provider))
    card.add("by model", texts.keys(events.events_by_model))
    return card.lines()


def _standing(answer: pb.GetSubscriptionStatsResponse) -> str:
    named = (("active", answer.active_count), ("paused", answer.paused_count), ("in error", answer.error_count),
             ("expired", answer.expired_count), ("open now", answer.connected_count))  # fmt: skip
    parts = [f"{count:,} {name}" for name, count in named if count]
    return f"{answer.total_count:,}" + (f": {', '.join(parts)}" if parts else "")


def _delivered(answer: pb.GetPublishStatsResponse) -> str:
    told = texts.plural(answer.successful_deliveries, "update")
    if answer.successful_deliveries:
        told += f", {texts.span(texts.seconds(answer.average_delivery_time))} after the commit on average"
    if peak := texts.seconds(answer.peak_delivery_time):
        told += f", {texts.span(peak)} at most where nothing was to be caught up"
    return told + (f"; {answer.failed_deliveries:,} rejected or late" if answer.failed_deliveries else "")


def health_lines(answer: pb.GetSubscriberHealthResponse, width: int | None, *, colour: bool) -> Iterator[str]:
    """How the feed does."""
    from modeldex.v1.feed_statistics_pb2 import HealthIssueSeverity, HealthStatus  # noqa: PLC0415

    now = datetime.now(UTC)
    card = Card(width, colour)
    status = texts.word(HealthStatus.Name, answer.status, "HEALTH_STATUS_")
    known = {"healthy": Style.GOOD, "unhealthy": Style.BAD}
    card.add("status", status, known.get(status, Style.CAUTION))
    card.add("replica", f"{texts.safe(answer.replica_id)}, for {texts.span(texts.seconds(answer.uptime))}")
    card.add("memory", f"{answer.memory_bytes / 2**20:,.0f} MiB")
    streams = f"{texts.plural(answer.active_streams, 'stream')}, {answer.active_subscriptions:,} on subscriptions"
    stalled = f", {answer.stalled_streams:,} not being read" if answer.stalled_streams else ""
    card.add("streams", f"{streams}{stalled}")
    card.add("behind", f"{texts.plural(answer.queue_size, 'revision')}, {texts.span(texts.seconds(answer.lag))}")
    card.add("errors", f"{answer.error_rate:.1%} of deliveries" if answer.error_rate else "")
    for issue in answer.issues:
        severity = texts.word(HealthIssueSeverity.Name, issue.severity, "HEALTH_ISSUE_SEVERITY_")
        over = f" (over, {texts.age(issue.resolve_time, now)})" if issue.HasField("resolve_time") else ""
        bad = severity in ("high", "critical") and not over
        card.add(severity, f"{texts.safe(issue.message)}{over}", Style.BAD if bad else Style.CAUTION)
    return card.lines()

// A watch: what changes in the catalogue, as it changes, over as many connections as it takes.
import { setTimeout as sleep } from "node:timers/promises";
import { clone, create, type MessageInitShape } from "@bufbuild/protobuf";
import { durationMs, type Duration } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { RetryInfoSchema } from "@modeldex/stubs/google/rpc/error_details_pb";
import { ErrorReason } from "@modeldex/stubs/modeldex/v1/error_reason_pb";
import type { Model } from "@modeldex/stubs/modeldex/v1/model_pb";
import {
  WatchOptionsSchema,
  WatchRequestSchema,
  type WatchRequest,
  type WatchResponse,
} from "@modeldex/stubs/modeldex/v1/subscriber_service_pb";
import { UpdateEventSchema, UpdateTransition, type UpdateEvent } from "@modeldex/stubs/modeldex/v1/update_pb";
import { Backoff } from "./backoff.js";
import { problemOf, withoutAnswer, type Modeldex } from "./modeldex.js";

/**
 * Gives the messages of a watch as they come. It begins where `options.start` of the request says: with what is
 * committed from now on, after a revision, after a token, or with a snapshot.
 *
 * Where the connection is lost, the server goes away or nothing comes for three bookmark intervals, it connects again,
 * to any replica, and goes on after the last message: every update comes once, in order. The `resumeToken` of a message
 * continues after it in another process, too. With the first message the watch has begun: from then on nothing is
 * missed.
 *
 * A snapshot comes as one message with `snapshotComplete`: each of its models is an update with `after`, the transition
 * ENTERED and no type. It takes the place of all that came before, so a copy drops what it does not name. A watch that
 * asked for a snapshot gets a new one where the log does not keep its place any more; another one ends.
 *
 * Leaving the loop hangs up. An error that another attempt would not mend is thrown, and so is CANCELED once the signal
 * is aborted.
 */
export async function* watch(
  modeldex: Modeldex,
  request: MessageInitShape<typeof WatchRequestSchema> = {},
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<WatchResponse> {
  const ask = clone(WatchRequestSchema, create(WatchRequestSchema, request));
  const options = (ask.options ??= create(WatchOptionsSchema));
  const { start } = options;
  const backoff = new Backoff();
  for (;;) {
    let askedMs = 0;
    try {
      for await (const message of whole(connection(modeldex, ask, signal))) {
        backoff.reset();
        options.start = { case: "resumeToken", value: message.resumeToken };
        askedMs = milliseconds(message.goingAway?.retryAfter);
        yield message;
      }
    } catch (thrown) {
      if (signal.aborted) throw canceled(signal);
      const error = withoutAnswer(ConnectError.from(thrown));
      if (start.case === "initialSnapshot" && isGone(error)) options.start = start;
      else if (isFinal(error)) throw error;
      askedMs = Math.max(askedMs, retryAfterMs(error));
    }
    await sleep(backoff.next(askedMs), undefined, { signal }).catch(() => Promise.reject(canceled(signal)));
  }
}

/** The messages of one connection, until it ends. It is given up where nothing comes for too long. */
async function* connection(modeldex: Modeldex, ask: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchResponse> {
  const hangUp = new AbortController();
  const limitMs = silenceMs(ask.options?.bookmarkInterval);
  const call = { signal: AbortSignal.any([signal, hangUp.signal]), timeoutMs: 0 };
  const messages = modeldex.subscriber.watch(ask, call)[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only the server's silence counts: not the time that whoever reads takes for a message.
      const silent = setTimeout(() => hangUp.abort(new ConnectError("nothing came", Code.Unavailable)), limitMs);
      const { done, value } = await messages.next().finally(() => clearTimeout(silent));
      if (done) return;
      yield value;
    }
  } finally {
    hangUp.abort();
  }
}

/** Joins the parts of a snapshot, which have no token: a snapshot that breaks off begins anew. */
async function* whole(parts: AsyncIterable<WatchResponse>): AsyncGenerator<WatchResponse> {
  let entered: UpdateEvent[] = [];
  for await (const part of parts) {
    for (const model of part.snapshotModels) entered.push(enters(model));
    if (!part.resumeToken) continue;
    if (part.snapshotComplete) {
      part.snapshotModels = [];
      part.updates = entered.concat(part.updates);
      entered = [];
    }
    yield part;
  }
}

/** A model of a snapshot as an update. */
function enters(model: Model): UpdateEvent {
  const { id: modelId, providerId, version, revision, updateTime } = model;
  return create(UpdateEventSchema, {
    revision,
    ...(updateTime && { time: updateTime }),
    transition: UpdateTransition.ENTERED,
    update: { case: "model", value: { modelId, providerId, version, after: model } },
  });
}

/** Whether an error ends a watch: another attempt would not mend it. */
function isFinal(error: ConnectError): boolean {
  return FINAL.includes(error.code) && !isOpenedAnew(error);
}

const FINAL = [
  Code.Aborted,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.InvalidArgument,
  Code.NotFound,
  Code.OutOfRange,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.Unimplemented,
];

/** Whether an error means that the place in the log is worth nothing any more, which a new snapshot mends. */
function isGone(error: ConnectError): boolean {
  if (error.code === Code.OutOfRange) return true;
  // The history was rewound, or the caller may see other models now.
  const reason = problemOf(error).reason;
  return error.code === Code.Aborted && !isOpenedAnew(error) && reason !== ErrorReason.SUBSCRIPTION_SUPERSEDED;
}

/** Whether the stream of a subscription ended so that it is opened anew. */
function isOpenedAnew(error: ConnectError): boolean {
  const reason = problemOf(error).reason;
  return reason === ErrorReason.REDELIVERY || reason === ErrorReason.SUBSCRIPTION_CHANGED;
}

/** How long the server asks to wait before the next attempt. */
function retryAfterMs(error: ConnectError): number {
  return Math.max(0, ...error.findDetails(RetryInfoSchema).map((detail) => milliseconds(detail.retryDelay)));
}

/** How long nothing may come. Outside of the contract's bounds the server has to refuse, so it gets its time. */
function silenceMs(bookmarkInterval: Duration | undefined): number {
  const intervalMs = bookmarkInterval ? durationMs(bookmarkInterval) : 10_000;
  return 3 * Math.min(Math.max(intervalMs, 1_000), 60_000);
}

function milliseconds(span: Duration | undefined): number {
  return span ? durationMs(span) : 0;
}

function canceled(signal: AbortSignal): ConnectError {
  return ConnectError.from(signal.reason, Code.Canceled);
}

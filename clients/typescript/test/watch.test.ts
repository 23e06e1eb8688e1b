// The loop of a watch, against servers that break off. They live in this process: no modeldex is asked.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { WatchRequest, WatchResponse } from "@modeldex/stubs/modeldex/v1/subscriber_service_pb";
import { UpdateTransition } from "@modeldex/stubs/modeldex/v1/update_pb";
import { watch } from "../src/watch.js";
import { complete, fails, part, play, said } from "./script.js";

const SNAPSHOT = { options: { start: { case: "initialSnapshot", value: true } } } as const;
const EACH_SECOND = { options: { bookmarkInterval: { seconds: 1n } } };
const AWAY = new ConnectError("back in a moment", Code.Unavailable);

/** So many messages of a watch, and the error that ends it before. */
async function take(count: number, messages: AsyncIterable<WatchResponse>): Promise<[WatchResponse[], ConnectError?]> {
  const taken: WatchResponse[] = [];
  try {
    for await (const message of messages) if (taken.push(message) === count) break;
    return [taken];
  } catch (error) {
    return [taken, ConnectError.from(error)];
  }
}

const revisionsOf = (messages: WatchResponse[]) => messages.map((message) => message.revision);
const startsOf = (requests: WatchRequest[]) => requests.map((request) => request.options?.start.value ?? "now");

test("however a connection ends, the next one begins after the last message", async (context) => {
  const { modeldex, requests } = await play(
    context,
    [said(1n), said(2n), AWAY],
    [new ConnectError("broken off", Code.Internal)],
    [said(3n)],
    [fails(Code.Aborted, "REDELIVERY")],
    [fails(Code.Aborted, "SUBSCRIPTION_CHANGED")],
    [said(4n), "half"],
    ["reset"],
    [said(5n)],
  );
  const [messages] = await take(5, watch(modeldex));
  assert.deepEqual(revisionsOf(messages), [1n, 2n, 3n, 4n, 5n]);
  const later = ["after 2", "after 2", "after 3", "after 3", "after 3", "after 4", "after 4"];
  assert.deepEqual(startsOf(requests), ["now", ...later]);
});

test("until something comes, a watch begins where it was told to", async (context) => {
  const { modeldex, requests } = await play(context, [AWAY], [said(8n)]);
  const options = { start: { case: "afterRevision", value: 7n }, omitBefore: true } as const;
  await take(1, watch(modeldex, { options, models: { providerIds: ["acme"] } }));
  assert.deepEqual(startsOf(requests), [7n, 7n]);
  assert.deepEqual(requests.map((request) => request.models?.providerIds), [["acme"], ["acme"]]);
  assert.deepEqual(requests.map((request) => request.options?.omitBefore), [true, true]);
});

test("a server that says nothing for three bookmark intervals is left", async (context) => {
  const { modeldex, requests } = await play(context, [said(1n), "silence"], [said(2n)]);
  const begun = performance.now();
  const [messages] = await take(2, watch(modeldex, EACH_SECOND));
  assert.deepEqual(revisionsOf(messages), [1n, 2n]);
  assert.deepEqual(startsOf(requests), ["now", "after 1"]);
  assert.ok(performance.now() - begun > 2_900);
});

test("whoever reads slowly is not taken for a silent server", async (context) => {
  const { modeldex, left } = await play(context, [said(1n), "silence"]);
  for await (const _ of watch(modeldex, EACH_SECOND)) {
    assert.equal(await Promise.race([left, sleep(3_500, "still open")]), "still open");
    break;
  }
});

test("a server is given the time that it asks for, as it goes or with its error", async (context) => {
  const { modeldex } = await play(
    context,
    [{ ...said(1n), goingAway: { retryAfter: { nanos: 300_000_000 } } }],
    [fails(Code.ResourceExhausted, "TOO_MANY_STREAMS", 300)],
    [said(2n)],
  );
  const begun = performance.now();
  await take(2, watch(modeldex));
  assert.ok(performance.now() - begun > 590);
});

test("a snapshot is one message whose models enter; one that breaks off is not seen", async (context) => {
  const { modeldex, requests } = await play(
    context,
    [part("acme/one"), AWAY],
    [part("acme/one"), part("acme/two"), complete(5n), said(6n)],
  );
  const [[first, second]] = await take(2, watch(modeldex, SNAPSHOT));
  assert.ok(first && second);
  assert.deepEqual([first.revision, first.snapshotComplete, first.snapshotModels.length], [5n, true, 0]);
  assert.deepEqual(first.updates.map((update) => update.transition), Array(2).fill(UpdateTransition.ENTERED));
  assert.deepEqual(first.updates.map((update) => update.revision), [3n, 3n]);
  const { update } = first.updates[1] ?? assert.fail();
  assert.ok(update.case === "model");
  const { modelId, providerId, version, type, after } = update.value;
  assert.deepEqual([modelId, providerId, version, type, after?.id], ["acme/two", "acme", 2n, 0, "acme/two"]);
  assert.deepEqual([second.revision, second.snapshotComplete], [6n, false]);
  assert.deepEqual(startsOf(requests), [true, true]);
});

for (const lost of [
  fails(Code.OutOfRange, "REVISION_COMPACTED"),
  fails(Code.Aborted, "HISTORY_REWOUND"),
  fails(Code.Aborted, "ACCESS_CHANGED"),
]) {
  test(`at ${lost.rawMessage} a watch with a snapshot takes a new one, and any other ends`, async (context) => {
    const snapshots = await play(context, [complete(5n), said(9n), lost], [complete(4n)]);
    const [messages] = await take(3, watch(snapshots.modeldex, SNAPSHOT));
    assert.deepEqual(revisionsOf(messages), [5n, 9n, 4n]);
    assert.deepEqual(startsOf(snapshots.requests), [true, true]);

    const { modeldex } = await play(context, [said(9n), lost]);
    const [, error] = await take(2, watch(modeldex));
    assert.equal(error?.code, lost.code);
  });
}

for (const last of [
  fails(Code.InvalidArgument, "INVALID_RESUME_TOKEN"),
  fails(Code.Unauthenticated, "UNAUTHENTICATED"),
  fails(Code.PermissionDenied, "PERMISSION_DENIED"),
  fails(Code.NotFound, "SUBSCRIPTION_NOT_FOUND"),
  fails(Code.Aborted, "SUBSCRIPTION_SUPERSEDED"),
  new ConnectError("it exists", Code.AlreadyExists),
  new ConnectError("not now", Code.FailedPrecondition),
  new ConnectError("unknown service", Code.Unimplemented),
]) {
  test(`${Code[last.code]}, ${last.rawMessage}, ends a watch at once`, async (context) => {
    const { modeldex, requests } = await play(context, [said(1n), last]);
    const [messages, error] = await take(2, watch(modeldex, SNAPSHOT));
    assert.deepEqual([messages.length, error?.code, error?.rawMessage], [1, last.code, last.rawMessage]);
    assert.equal(requests.length, 1);
  });
}

test("leaving the loop hangs up", async (context) => {
  const { modeldex, left } = await play(context, [said(1n), "silence"]);
  await take(1, watch(modeldex));
  await left;
});

test("the signal ends a watch, while it reads and while it waits", async (context) => {
  for (const line of ["silence", fails(Code.Unavailable, "DRAINING", 60_000)] as const) {
    const { modeldex } = await play(context, [said(1n), line]);
    const caller = new AbortController();
    const messages = watch(modeldex, {}, caller.signal);
    assert.equal((await messages.next()).value?.revision, 1n);
    setTimeout(() => caller.abort(), 300);
    const [rest, error] = await take(1, messages);
    assert.deepEqual([rest.length, error?.code], [0, Code.Canceled]);
  }
});

// Watching a live server: MODELDEX_TARGET, with tokens in MODELDEX_TOKEN and MODELDEX_WRITER_TOKEN.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { WatchOptionsSchema, WatchResponse } from "@modeldex/stubs/modeldex/v1/subscriber_service_pb";
import { UpdateTransition } from "@modeldex/stubs/modeldex/v1/update_pb";
import { connect, pages } from "../src/modeldex.js";
import { watch } from "../src/watch.js";

const reader = connect();
const writer = connect({ token: process.env["MODELDEX_WRITER_TOKEN"] ?? "" });

/** The models of one test, under a provider of their own. */
class Shelf {
  private readonly provider = `typescript-${randomUUID()}`;
  private readonly models = { providerIds: [this.provider] };

  async save(name: string, displayName = ""): Promise<bigint> {
    const model = { id: `${this.provider}/${name}`, displayName };
    return (await writer.discovery.saveModel({ model, requestId: randomUUID() })).revision;
  }

  async delete(name: string): Promise<bigint> {
    const request = { id: `${this.provider}/${name}`, requestId: randomUUID() };
    return (await writer.discovery.deleteModel(request)).revision;
  }

  /** Their names by their ids, as of a revision or later. */
  async list(minRevision = 0n): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for await (const page of pages(reader, { filter: this.models, minRevision })) {
      for (const model of page.models) names.set(model.id, model.displayName);
    }
    return names;
  }

  /** What a watch of them gives, for a minute at the most. */
  watch(options: MessageInitShape<typeof WatchOptionsSchema> = {}): AsyncGenerator<WatchResponse> {
    return watch(reader, { options, models: this.models }, AbortSignal.timeout(60_000));
  }

  /** The first message that has updates. */
  async first(options: MessageInitShape<typeof WatchOptionsSchema>): Promise<WatchResponse> {
    for await (const message of this.watch(options)) if (message.updates.length > 0) return message;
    assert.fail("the watch ended");
  }
}

test("a watch that begins from now tells of what is saved after its first message", async () => {
  const shelf = new Shelf();
  let revision: bigint | undefined;
  for await (const message of shelf.watch()) {
    revision ??= await shelf.save("one", "Acme One");
    const [update] = message.updates;
    if (!update) continue;
    assert.equal(update.revision, revision);
    assert.equal(update.update.case === "model" && update.update.value.after?.displayName, "Acme One");
    break;
  }
});

test("after a revision, and after a token, comes what came after it and nothing else", async () => {
  const shelf = new Shelf();
  const [first, second] = [await shelf.save("one"), await shelf.save("two")];
  const message = await shelf.first({ start: { case: "afterRevision", value: first } });
  assert.deepEqual(message.updates.map((update) => update.revision), [second]);

  const third = await shelf.save("three");
  const { updates } = await shelf.first({ start: { case: "resumeToken", value: message.resumeToken } });
  assert.deepEqual(updates.map((update) => update.revision), [third]);
});

test("a copy that a snapshot and the updates after it keep is what the list gives", async () => {
  const shelf = new Shelf();
  await shelf.save("one", "before");
  const before = await shelf.list(await shelf.save("two", "before")); // From here on the replica has both.
  const copy = new Map<string, string>();
  let last: bigint | undefined;
  for await (const message of shelf.watch({ start: { case: "initialSnapshot", value: true } })) {
    if (message.snapshotComplete) copy.clear();
    for (const { transition, update } of message.updates) {
      assert.equal(update.case, "model");
      if (transition === UpdateTransition.LEFT) copy.delete(update.value.modelId);
      else copy.set(update.value.modelId, update.value.after?.displayName ?? "");
    }
    if (last === undefined) {
      assert.ok(message.snapshotComplete);
      assert.deepEqual(copy, before);
      await shelf.save("one", "after");
      await shelf.save("three", "after");
      last = await shelf.delete("two");
    }
    if (message.revision >= last) break;
  }
  assert.equal(copy.size, 2);
  assert.deepEqual(copy, await shelf.list(last));
});

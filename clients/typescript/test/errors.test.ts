// Errors by their reason, tokens, saving and deleting; MODELDEX_WRITER_TOKEN is the token of a writer.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "@modeldex/stubs/modeldex/v1/error_reason_pb";
import { connect, problemOf, type Problem } from "../src/modeldex.js";
import { find } from "../src/models.js";

const reader = connect();
const writer = connect({ token: process.env["MODELDEX_WRITER_TOKEN"] ?? "" });

/** The problem that a call ends with. */
async function problem(call: Promise<unknown>): Promise<Problem> {
  return call.then(() => assert.fail("the call succeeded"), problemOf);
}

test("a model that is not there is told by its reason, and which", async () => {
  const { code, reason, metadata } = await problem(reader.discovery.getModel({ id: "openai/gpt-9" }));
  assert.deepEqual([code, reason], [Code.NotFound, ErrorReason.MODEL_NOT_FOUND]);
  assert.equal(metadata["model_id"], "openai/gpt-9");
  assert.equal(await find(reader, "openai/gpt-9"), undefined);
});

test("what is wrong with a request is told by field", async () => {
  const { code, reason, violations } = await problem(reader.discovery.listModels({ pageSize: -1 }));
  assert.deepEqual([code, reason], [Code.InvalidArgument, ErrorReason.INVALID_REQUEST]);
  assert.deepEqual(Object.keys(violations), ["page_size"]);
});

test("without a token nobody reads, and a wrong one is no better", async () => {
  for (const token of ["", "mdx_wrong"]) {
    const { code, reason } = await problem(connect({ token }).discovery.getModelStats({}));
    assert.deepEqual([code, reason], [Code.Unauthenticated, ErrorReason.UNAUTHENTICATED]);
  }
});

test("an error that is not about the model goes through find", async () => {
  assert.equal((await problem(find(connect({ token: "" }), "openai/gpt-4o"))).reason, ErrorReason.UNAUTHENTICATED);
});

test("a token is not sent in the clear to another machine", () => {
  assert.throws(() => connect({ target: "modeldex.example:50051", token: "mdx_secret" }), /in the clear/);
});

test("a reader saves nothing", async () => {
  const { reason, metadata } = await problem(reader.discovery.saveModel({ model: { id: "acme/typescript" } }));
  assert.equal(reason, ErrorReason.PERMISSION_DENIED);
  assert.equal(metadata["required_role"], "writer");
});

test("a writer saves against the version it read, and deletes", async () => {
  const id = `acme/typescript-${randomUUID()}`;
  const model = { id, contextWindow: 8_192n, prices: { input: { amount: "0.25", unit: 1 } } };
  const saved = await writer.discovery.saveModel({ model, expectedVersion: 0n, requestId: randomUUID() });
  assert.equal(saved.model?.version, 1n);
  const read = await reader.discovery.getModel({ id, minRevision: saved.revision });
  assert.deepEqual(read.model, saved.model);

  const stale = await problem(writer.discovery.saveModel({ model, expectedVersion: 7n }));
  assert.deepEqual([stale.code, stale.reason], [Code.Aborted, ErrorReason.VERSION_MISMATCH]);
  assert.equal(stale.metadata["current_version"], "1");

  await writer.discovery.deleteModel({ id, expectedVersion: 1n, requestId: randomUUID() });
  assert.equal(await find(reader, id), undefined);
});

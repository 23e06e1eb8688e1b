// Reading the catalogue of a live server: MODELDEX_TARGET, with the token of a reader in MODELDEX_TOKEN.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "node:test";
import { ModelSortField } from "@modeldex/stubs/modeldex/v1/discovery_service_pb";
import { connect, pages } from "../src/modeldex.js";
import { cheapest, find } from "../src/models.js";

const modeldex = connect();

test("the pages of a list give each match once, and only matches", async () => {
  const filter = { providerIds: ["openai"], capabilitiesTrue: ["function_calling"] };
  const models = [];
  let total: bigint | undefined;
  for await (const page of pages(modeldex, { filter, pageSize: 7, includeTotalSize: true })) {
    assert.ok(page.models.length <= 7);
    total = page.totalSize;
    models.push(...page.models);
  }
  assert.ok(models.length > 7, "several pages");
  assert.equal(BigInt(models.length), total);
  assert.equal(new Set(models.map((model) => model.id)).size, models.length);
  for (const model of models) {
    assert.equal(model.providerId, "openai");
    assert.deepEqual(model.capabilities["function_calling"]?.value, { case: "flag", value: true });
  }
});

test("leaving the loop asks for no further page", async () => {
  let seen = 0;
  for await (const page of pages(modeldex, { sortField: ModelSortField.ID, pageSize: 3 })) {
    seen += page.models.length;
    break;
  }
  assert.equal(seen, 3);
});

test("the cheapest models come first, with what was asked for", async () => {
  const models = await cheapest(modeldex, ["vision", "function_calling"], 10);
  assert.equal(models.length, 10);
  const prices = models.map((model) => Number(model.prices["input"]?.amount));
  assert.deepEqual(prices, prices.toSorted((one, other) => one - other));
});

test("a model is found, with unknown apart from zero", async () => {
  const model = await find(modeldex, "openai/gpt-4o");
  assert.equal(model?.providerModelId, "gpt-4o");
  assert.equal(model.contextWindow, 128_000n);
  assert.match(model.prices["input"]?.amount ?? "", /^\d+(\.\d+)?$/);
  assert.equal(model.capabilities["no_such_capability"], undefined);
});

test("a batch answers in the order asked for and names what is missing", async () => {
  const ids = ["openai/gpt-4o-mini", "acme/none", "openai/gpt-4o"];
  const batch = await modeldex.discovery.batchGetModels({ ids });
  assert.deepEqual(batch.models.map((model) => model.id), ["openai/gpt-4o-mini", "openai/gpt-4o"]);
  assert.deepEqual(batch.missingIds, ["acme/none"]);
  assert.ok(batch.revision > 0n);
});

test("the program prints its tour", async () => {
  const program = fileURLToPath(new URL("../src/main.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.match(stdout, /^The cheapest models with vision and tools:\n(?: {2}\S+ .* USD per million input .*\n){10}S/);
  assert.match(stdout, /not in the catalogue: acme\/none\nThe catalogue has no openai\/gpt-9\.\n/);
  assert.match(stdout, /\nSaved acme\/typescript-tour at revision \d+; the watch tells of it, by \S+\.\n$/);
});

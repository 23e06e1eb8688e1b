// A tour of the catalogue: a list with a filter, several models at once, and a model that is not there; with
// MODELDEX_WRITER_TOKEN also a model that is saved, and the watch that sees it.
import { randomUUID } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Model } from "@modeldex/stubs/modeldex/v1/model_pb";
import { connect } from "./modeldex.js";
import { cheapest, find } from "./models.js";
import { watch } from "./watch.js";

function line(model: Model): string {
  const input = model.prices["input"]?.amount ?? "?";
  const window = model.contextWindow?.toLocaleString("en") ?? "unknown";
  return `  ${model.id.padEnd(60)} ${input.padStart(6)} USD per million input tokens, context ${window}`;
}

async function tour(): Promise<void> {
  const modeldex = connect();
  console.log("The cheapest models with vision and tools:");
  for (const model of await cheapest(modeldex, ["vision", "function_calling"], 10)) console.log(line(model));

  const ids = ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "acme/none"];
  const batch = await modeldex.discovery.batchGetModels({ ids }, { timeoutMs: 20_000 });
  console.log(`Several at once, as of revision ${batch.revision}:`);
  for (const model of batch.models) console.log(line(model));
  console.log(`  not in the catalogue: ${batch.missingIds.join(", ")}`);

  const model = await find(modeldex, "openai/gpt-9");
  console.log(model ? line(model) : "The catalogue has no openai/gpt-9.");

  const token = process.env["MODELDEX_WRITER_TOKEN"];
  if (token) await save(token);
  else console.log("Set MODELDEX_WRITER_TOKEN to see a model saved, too.");
}

/** Saves a private model while it watches, until it sees that, and deletes it. */
async function save(token: string): Promise<void> {
  const modeldex = connect({ token });
  const id = "acme/typescript-tour";
  let revision: bigint | undefined;
  for await (const message of watch(modeldex, { models: { providerIds: ["acme"] } })) {
    // With its first message the watch has begun: what is saved now will come.
    revision ??= (await modeldex.discovery.saveModel({ model: { id }, requestId: randomUUID() })).revision;
    const own = message.updates.find((update) => update.revision === revision);
    if (!own) continue;
    console.log(`Saved ${id} at revision ${revision}; the watch tells of it, by ${own.principal}.`);
    break;
  }
  await modeldex.discovery.deleteModel({ id, requestId: randomUUID() });
}

await tour().catch((error: unknown) => {
  console.error(error instanceof ConnectError ? `${Code[error.code]}: ${error.rawMessage}` : String(error));
  process.exitCode = 1;
});

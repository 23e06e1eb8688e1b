// Prints a line for each change of the catalogue, until it is interrupted: the revision, the ordinal within it, and
// what it is about. With a revision as its argument it begins after that one, 0 being the beginning of the log;
// without, with what is committed from now on.
import { Code, ConnectError } from "@connectrpc/connect";
import type { UpdateEvent } from "@modeldex/stubs/modeldex/v1/update_pb";
import { connect } from "./modeldex.js";
import { watch } from "./watch.js";

/** What an update is about. */
function subject({ update }: UpdateEvent): string {
  switch (update.case) {
    case "model":
    case "lifecycle":
      return update.value.modelId;
    case "provider":
      return update.value.providerId;
    case "capability":
      return update.value.capability;
    case "operation":
      return update.value.message;
    default:
      return "";
  }
}

async function follow(revision: string | undefined): Promise<void> {
  const start = revision === undefined ? {} : ({ start: { case: "afterRevision", value: BigInt(revision) } } as const);
  for await (const message of watch(connect(), { options: start })) {
    for (const update of message.updates) console.log(`${update.revision} ${update.ordinal} ${subject(update)}`);
  }
}

await follow(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof ConnectError ? `${Code[error.code]}: ${error.rawMessage}` : String(error));
  process.exitCode = 1;
});

// A server that plays a script: what it says on one connection after the other.
import { once } from "node:events";
import { createServer, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { ErrorInfoSchema, RetryInfoSchema } from "@modeldex/stubs/google/rpc/error_details_pb";
import {
  SubscriberService,
  type WatchRequest,
  type WatchResponseSchema,
} from "@modeldex/stubs/modeldex/v1/subscriber_service_pb";
import { connect, type Modeldex } from "../src/modeldex.js";

/**
 * A message, or how the connection ends: with an error, by saying no more, within a message, or by a reset as where a
 * server was killed.
 */
export type Line = MessageInitShape<typeof WatchResponseSchema> | ConnectError | "silence" | "half" | "reset";

/** A server and what it was asked for, connection by connection. */
export interface Scripted {
  modeldex: Modeldex;
  requests: WatchRequest[];
  /** Fulfilled when a caller leaves a stream that is silent. */
  left: Promise<void>;
}

/** Starts a server for one test. Connections after the last of the script are silent. */
export async function play(context: TestContext, ...script: Line[][]): Promise<Scripted> {
  const requests: WatchRequest[] = [];
  const sockets = new Set<Socket>();
  let response: Http2ServerResponse;
  let leave = () => {};
  const left = new Promise<void>((resolve) => (leave = resolve));
  const answer = connectNodeAdapter({
    routes: (router) =>
      router.service(SubscriberService, {
        async *watch(request, { signal }) {
          requests.push(request);
          for (const line of script.shift() ?? ["silence" as const]) {
            if (line instanceof ConnectError) throw line;
            if (typeof line !== "string") yield line;
            else if (line === "half") response.end(Uint8Array.of(0, 0, 0, 1, 0, 42));
            else if (line === "reset") sockets.forEach((socket) => socket.resetAndDestroy());
            else if (!signal.aborted) await once(signal, "abort").then(leave);
          }
        },
      }),
  });
  const server = createServer((incoming, outgoing) => {
    response = outgoing;
    answer(incoming, outgoing);
  });
  server.on("connection", (socket) => sockets.add(socket));
  context.after(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { modeldex: connect({ target, token: "" }), requests, left };
}

/** An error as the server sends it. */
export function fails(code: Code, reason: string, retryAfterMs?: number): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { reason, domain: "modeldex" } };
  if (retryAfterMs === undefined) return new ConnectError(reason, code, undefined, [info]);
  const retry = { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryAfterMs) } };
  return new ConnectError(reason, code, undefined, [info, retry]);
}

/** A bookmark. */
export const said = (revision: bigint) => ({ revision, resumeToken: `after ${revision}` });

/** A part of a snapshot, with one model. */
export const part = (id: string) => ({ snapshotModels: [{ id, providerId: "acme", version: 2n, revision: 3n }] });

/** The last part of a snapshot. */
export const complete = (revision: bigint) => ({ ...said(revision), snapshotComplete: true });

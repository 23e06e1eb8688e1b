// What every caller of modeldex would write again: a connection with a token, TLS, a deadline and retries, a walk over
// the pages of a list, and the reason of an error. The generated services and messages are used as they are.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type CallOptions, type Client, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { BadRequestSchema, ErrorInfoSchema } from "@modeldex/stubs/google/rpc/error_details_pb";
import { CacheService } from "@modeldex/stubs/modeldex/v1/cache_service_pb";
import {
  DiscoveryService,
  ListModelsRequestSchema,
  type ListModelsResponse,
} from "@modeldex/stubs/modeldex/v1/discovery_service_pb";
import { ErrorReason } from "@modeldex/stubs/modeldex/v1/error_reason_pb";
import { ProviderService } from "@modeldex/stubs/modeldex/v1/provider_service_pb";
import { SubscriberService } from "@modeldex/stubs/modeldex/v1/subscriber_service_pb";

/** How to reach a server. What is absent comes from the environment, then from the default. */
export interface Options {
  /** HOST:PORT. MODELDEX_TARGET; defaults to "localhost:50051". */
  target?: string;
  /** The bearer token. MODELDEX_TOKEN; defaults to none. */
  token?: string;
  /** Whether the server speaks TLS; ca and certificate imply it. MODELDEX_TLS ("1"); defaults to false. */
  tls?: boolean;
  /** PEM file of who signed the server's certificate. MODELDEX_CA; defaults to those that Node.js trusts. */
  ca?: string;
  /** PEM file of the caller's own certificate. MODELDEX_CERTIFICATE; defaults to none. */
  certificate?: string;
  /** PEM file of that certificate's private key. MODELDEX_KEY; defaults to none. */
  key?: string;
  /** The deadline of a call that names none, its retries included, in milliseconds. Defaults to 10,000. */
  timeoutMs?: number;
}

/** The services of one server. */
export interface Modeldex {
  discovery: Client<typeof DiscoveryService>;
  providers: Client<typeof ProviderService>;
  subscriber: Client<typeof SubscriberService>;
  cache: Client<typeof CacheService>;
}

/** Connects to a server. The first call opens the connection. */
export function connect(options: Options = {}): Modeldex {
  const env = process.env;
  const target = options.target ?? env["MODELDEX_TARGET"] ?? "localhost:50051";
  const token = options.token ?? env["MODELDEX_TOKEN"];
  const pem = {
    ca: options.ca ?? env["MODELDEX_CA"],
    cert: options.certificate ?? env["MODELDEX_CERTIFICATE"],
    key: options.key ?? env["MODELDEX_KEY"],
  };
  const tls = (options.tls ?? env["MODELDEX_TLS"] === "1") || Boolean(pem.ca || pem.cert);
  if (token && !tls && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d+$/.test(target)) {
    throw new Error(`the token would cross the network to ${target} in the clear; set MODELDEX_TLS=1`);
  }
  const transport = createGrpcTransport({
    baseUrl: `${tls ? "https" : "http"}://${target}`,
    defaultTimeoutMs: options.timeoutMs ?? 10_000,
    interceptors: token ? [bearer(token), retrying] : [retrying],
    // Finds a dead connection below an open call. The server allows a ping every 10 seconds.
    pingIntervalMs: 30_000,
    pingTimeoutMs: 10_000,
    nodeOptions: Object.fromEntries(
      Object.entries(pem).flatMap(([name, file]) => (file ? [[name, readFileSync(file)]] : [])),
    ),
  });
  return {
    discovery: createClient(DiscoveryService, transport),
    providers: createClient(ProviderService, transport),
    subscriber: createClient(SubscriberService, transport),
    cache: createClient(CacheService, transport),
  };
}

/** Walks over the pages of a list: the next page is asked for when the loop comes to it. */
export async function* pages(
  modeldex: Modeldex,
  request: MessageInitShape<typeof ListModelsRequestSchema>,
  options?: CallOptions,
): AsyncGenerator<ListModelsResponse> {
  const next = create(ListModelsRequestSchema, request);
  do {
    const page = await modeldex.discovery.listModels(next, options);
    yield page;
    next.pageToken = page.nextPageToken;
  } while (next.pageToken);
}

/** An error, taken apart for a program. */
export interface Problem {
  code: Code;
  /** The reason of the contract; absent where no server answered, or one of a newer contract. */
  reason: ErrorReason | undefined;
  /** What the reason is about, for example `model_id`. */
  metadata: Record<string, string>;
  /** What is wrong with the request: a sentence by field. */
  violations: Record<string, string>;
  message: string;
}

/** Takes what a call threw apart. */
export function problemOf(thrown: unknown): Problem {
  const error = ConnectError.from(thrown);
  const info = error.findDetails(ErrorInfoSchema).find((detail) => detail.domain === "modeldex");
  const fields = error.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations);
  return {
    code: error.code,
    reason: info && ErrorReason[info.reason as keyof typeof ErrorReason],
    metadata: info?.metadata ?? {},
    violations: Object.fromEntries(fields.map((violation) => [violation.field, violation.description])),
    message: error.rawMessage,
  };
}

/** Sends a token with each call. */
const bearer =
  (token: string): Interceptor =>
  (next) =>
  (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };

const REPEATABLE = [Idempotency.NO_SIDE_EFFECTS, Idempotency.IDEMPOTENT];

/**
 * Tries a call again where the contract allows it: as `generated/service_config.json` says, within the deadline.
 * Streams are not tried again.
 */
const retrying: Interceptor = (next) => async (request) => {
  const attempts = !request.stream && REPEATABLE.includes(request.method.idempotency) ? 4 : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await next(request);
    } catch (thrown) {
      const error = request.signal.aborted ? ConnectError.from(thrown) : withoutAnswer(ConnectError.from(thrown));
      if (attempt === attempts || error.code !== Code.Unavailable) throw error;
      // Chance keeps callers who failed together from coming back together.
      const backoff = Math.min(100 * 2 ** (attempt - 1), 2_000) * (0.8 + 0.4 * Math.random());
      await sleep(backoff, undefined, { signal: request.signal });
    }
  }
};

/**
 * UNAVAILABLE, as gRPC has it, for a connection that broke: connect-node calls that Aborted or Canceled, and within a
 * message InvalidArgument. What a server answers carries its status.
 */
export function withoutAnswer(error: ConnectError): ConnectError {
  const broke = [Code.Aborted, Code.Canceled, Code.InvalidArgument].includes(error.code);
  if (!broke || error.metadata.has("grpc-status")) return error;
  return new ConnectError(`the connection broke: ${error.rawMessage}`, Code.Unavailable, error.metadata, [], error);
}

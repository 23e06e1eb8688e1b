// Deadlines and retries, against servers that do not answer. They live in this process: no modeldex is asked.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { Code } from "@connectrpc/connect";
import { connect, problemOf } from "../src/modeldex.js";

/** Listens until the test ends and does this with each connection. */
async function listen(context: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    onConnection(socket);
  });
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const codeOf = (call: Promise<unknown>): Promise<Code> =>
  call.then(() => assert.fail("the call succeeded"), (error: unknown) => problemOf(error).code);

test("a call ends at its deadline where a server says nothing", async (context) => {
  const target = await listen(context, () => {});
  const modeldex = connect({ target, token: "", timeoutMs: 60_000 });
  const begun = performance.now();
  assert.equal(await codeOf(modeldex.discovery.getModel({ id: "a/b" }, { timeoutMs: 200 })), Code.DeadlineExceeded);
  assert.ok(performance.now() - begun < 10_000);
});

test("the deadline ends the waits between retries, too", async () => {
  const modeldex = connect({ target: "127.0.0.1:1", token: "", timeoutMs: 50 });
  assert.equal(await codeOf(modeldex.discovery.getModel({ id: "a/b" })), Code.DeadlineExceeded);
});

test("a call that may be repeated is tried four times, any other once", async (context) => {
  let connections = 0;
  const target = await listen(context, (socket) => {
    connections++;
    socket.destroy();
  });
  const { discovery } = connect({ target, token: "" });
  assert.equal(await codeOf(discovery.getModel({ id: "a/b" })), Code.Unavailable);
  assert.equal(connections, 4);
  assert.equal(await codeOf(discovery.benchmarkModel({ modelId: "a/b" })), Code.Unavailable);
  assert.equal(connections, 5);
});

test("what the caller cancels is canceled, and not tried again", async (context) => {
  let connections = 0;
  const caller = new AbortController();
  const target = await listen(context, () => {
    connections++;
    setTimeout(() => caller.abort(), 100);
  });
  const call = connect({ target, token: "" }).discovery.getModel({ id: "a/b" }, { signal: caller.signal });
  assert.equal(await codeOf(call), Code.Canceled);
  assert.equal(connections, 1);
});

// The waits between attempts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../src/backoff.js";

test("the limit doubles from 0.1 s to 5 s, and begins anew once something arrived", () => {
  const backoff = new Backoff(() => 1);
  const limits = Array.from({ length: 8 }, () => backoff.next(0));
  assert.deepEqual(limits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  backoff.reset();
  assert.equal(backoff.next(0), 100);
});

test("a wait is a matter of chance, on top of what the server asks for", () => {
  const waits = Array.from({ length: 1_000 }, () => new Backoff().next(1_000));
  assert.ok(waits.every((wait) => 1_000 <= wait && wait < 1_100));
  assert.ok(new Set(waits).size > 100);
});

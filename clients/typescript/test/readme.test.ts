// The README's example, run as it stands there.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

test("the lines of the README print a price and a context window", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1];
  assert.ok(example);
  const program = fileURLToPath(new URL("../readme.js", import.meta.url));
  await writeFile(program, example);
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.match(stdout, /^\d+(\.\d+)? 128000n\n$/);
});

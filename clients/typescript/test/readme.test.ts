// The README's examples, run as they stand there.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A program of one of the examples. */
async function program(index: number): Promise<string> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const example = [...readme.matchAll(/```ts\n(.*?)```/gs)][index]?.[1];
  assert.ok(example);
  const path = fileURLToPath(new URL(`../readme-${index}.js`, import.meta.url));
  await writeFile(path, example);
  return path;
}

test("the first lines of the README print a price and a context window", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [await program(0)]);
  assert.match(stdout, /^\d+(\.\d+)? 128000n\n$/);
});

test("the copy of the README holds a snapshot", async (context) => {
  const child = spawn(process.execPath, [await program(1)], { stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => child.kill());
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  assert.match(line, /^[1-9]\d* models as of revision [1-9]\d*\n/);
});

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

import { bootstrapFiles } from "../../components/function/bootstrap-code";
import type { LambdaRuntime } from "../../facts/lambda-runtimes";
import { spawnSync } from "../support/child";

const QUEUE_EVENT = {
  Records: [
    { messageId: "1", body: "an address", eventSource: "aws:sqs" },
    { messageId: "2", body: "another", eventSource: "aws:sqs" },
  ],
};

describe("bootstrap code", () => {
  const directories: string[] = [];

  /** Unpacks the package as Lambda does. */
  function unpacked(runtime: LambdaRuntime, handler: string): string {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "bootstrap-"));
    directories.push(directory);
    for (const [name, text] of Object.entries(bootstrapFiles(runtime, handler))) {
      fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      fs.writeFileSync(path.join(directory, name), text);
    }
    return directory;
  }

  after(() => directories.forEach((one) => fs.rmSync(one, { recursive: true })));

  async function handlerOf(handler: string) {
    const [file, entry] = handler.split(".") as [string, string];
    const directory = unpacked("nodejs24.x", handler);
    const module = await import(pathToFileURL(path.join(directory, `${file}.mjs`)).href);
    return module[entry];
  }

  // As the client of Node.js's runtime reads it: aws-lambda-nodejs-runtime-interface-client, UserFunction.js.
  it("is where Lambda looks for handlers in folders, and for exports of exports", async () => {
    const directory = unpacked("nodejs24.x", "dist/a/index.handlers.create");
    const module = await import(pathToFileURL(path.join(directory, "dist/a/index.mjs")).href);
    assert.equal(typeof module.handlers.create, "function");
    assert.deepEqual(Object.keys(bootstrapFiles("python3.13", "src/app.readers.scan.run")), [
      "bootstrap_refuse.py",
      "src/app/readers/scan.py",
    ]);
  });

  const context = { functionName: "crm-social-data-processor" };

  for (const handler of ["index.handler", "report.handler"]) {
    it(`answers ${handler} under its own name, and loads without an error`, async () => {
      assert.equal(typeof (await handlerOf(handler)), "function");
    });
  }

  it("fails on a batch of messages as a whole: all of them return to the queue", async () => {
    const handler = await handlerOf("index.handler");
    // An answer, even one of failed messages, would let Lambda delete the rest of the batch.
    await assert.rejects(handler(QUEUE_EVENT, context), /refused 2 event\(s\)\. Set its artifact/);
  });

  it("fails on schedules, new objects and what it does not know: Lambda keeps them", async () => {
    const handler = await handlerOf("report.handler");
    for (const event of [{}, { Records: [{ eventSource: "aws:s3" }] }, null, undefined, "text"]) {
      await assert.rejects(handler(event, context), /refused 1 event\(s\)/);
    }
  });

  it("names the function without code and its setting, and nothing of the event", async () => {
    const handler = await handlerOf("index.handler");
    const error: Error = await handler(QUEUE_EVENT, context).catch((reason: Error) => reason);
    assert.match(error.message, /^crm-social-data-processor has no code yet/);
    assert.match(error.message, /artifact/);
    assert.ok(!error.message.includes("address"));
  });

  it("is the same text at every start, so that nothing is deployed twice", () => {
    assert.deepEqual(
      bootstrapFiles("python3.13", "app.lambda_handler"),
      bootstrapFiles("python3.13", "app.lambda_handler"),
    );
    assert.deepEqual(Object.keys(bootstrapFiles("python3.13", "app.lambda_handler")), [
      "bootstrap_refuse.py",
      "app.py",
    ]);
  });

  it("refuses in Python as well", function () {
    if (spawnSync("python3", ["--version"]).status !== 0) {
      this.skip();
    }
    const directory = unpacked("python3.13", "app.lambda_handler");
    const program = [
      "import json, sys",
      "import app",
      "class Context: function_name = 'crm-analytics-aggregator'",
      "for event in json.loads(sys.argv[1]):",
      "    try:",
      "        app.lambda_handler(event, Context())",
      "        print('accepted')",
      "    except Exception as error:",
      "        print(error)",
    ].join("\n");
    const events = JSON.stringify([QUEUE_EVENT, {}, null, "text"]);
    const run = spawnSync("python3", ["-B", "-c", program, events], {
      cwd: directory,
      encoding: "utf8",
    });
    const lines = run.stdout.trim().split("\n");
    assert.equal(lines.length, 4, run.stderr);
    assert.match(lines[0]!, /^crm-analytics-aggregator has no code yet and refused 2 event/);
    for (const line of lines.slice(1)) {
      assert.match(line, /refused 1 event/);
    }
  });
});

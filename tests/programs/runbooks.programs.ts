/** What AWS's and Pulumi's command lines say to the commands of the runbooks, where the machine has them. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { spawnSync } from "../support/child";
import { distinct, installed, startingWith, wordsOf } from "../support/runbooks";

const pulumi = installed("pulumi");

(installed("aws") ? describe : describe.skip)(
  "runbooks, as AWS's command line understands them",
  () => {
    // A shell's pipe or substitution is more than one command of AWS's.
    const lines = distinct(startingWith("aws"))
      .map(({ line }) => line)
      .filter((line) => !line.includes(" | ") && !line.includes("$("));
    for (const line of lines) {
      it(line, () => {
        const [program, ...args] = wordsOf(line);
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "runbook-aws-"));
        fs.writeFileSync(path.join(folder, "restore.json"), "{}");
        fs.writeFileSync(path.join(folder, "run.json"), '{"taskDefinition": "crm-database-task"}');
        fs.writeFileSync(path.join(folder, "task.json"), '{"taskDefinition": "crm-database-task"}');
        // Nothing listens there: what the parameters are is checked before the first request.
        const result = spawnSync(program!, [...args, "--endpoint-url", "http://127.0.0.1:9"], {
          cwd: folder,
          encoding: "utf8",
          env: {
            PATH: process.env["PATH"],
            HOME: folder,
            AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
            AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            AWS_REGION: "us-east-1",
            AWS_DEFAULT_REGION: "us-east-1",
            AWS_MAX_ATTEMPTS: "1",
            AWS_EC2_METADATA_DISABLED: "true",
          },
        });
        fs.rmSync(folder, { recursive: true });
        assert.match(result.stderr, /Could not connect to the endpoint URL/, result.stderr);
      });
    }
  },
);

(pulumi ? describe : describe.skip)("runbooks, as Pulumi's command line understands them", () => {
  for (const { line, words } of distinct(startingWith("pulumi"))) {
    it(line, () => {
      const rest = words.slice(1);
      const groups = ["config", "stack", "state"];
      // `pulumi stack --show-name` is a complete command.
      const grouped = groups.includes(rest[0]!) && !rest[1]!.startsWith("-");
      const verb = rest.slice(0, grouped ? 2 : 1);
      const help = spawnSync(pulumi!, [...verb, "--help"], { encoding: "utf8" });
      assert.equal(help.status, 0, help.stderr);
      assert.match(help.stdout, new RegExp(`pulumi ${verb.slice(0, -1).join(" ")}`));
      for (const flag of rest.filter((word) => word.startsWith("--"))) {
        assert.ok(help.stdout.includes(`${flag} `), `${verb.join(" ")} has no ${flag}`);
      }
    });
  }
});

/** What AWS's command line says to the commands of `npm run doctor`, where the machine has it. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { accountQuotas } from "../../analysis/account-quotas";
import { accountFindings } from "../../operations/doctor/account";
import type { Answer } from "../../operations/doctor/ask";
import { spawnSync } from "../support/child";
import { planOf } from "../support/plans";
import { installed } from "../support/runbooks";
import { validated } from "../support/stack-files";

const aws = installed("aws");

(aws ? describe : describe.skip)(
  "npm run doctor, as AWS's command line understands it",
  function () {
    it("asks with commands and parameters that there are", async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "doctor-aws-"));
      const config = validated("production");
      const asked: string[] = [];
      // No server listens there: what the parameters are is checked before the first request.
      const ask = (args: readonly string[]): Answer => {
        asked.push(args.slice(0, 2).join(" "));
        const { stderr } = spawnSync(aws!, [...args, "--endpoint-url", "http://127.0.0.1:9"], {
          cwd: folder,
          env: {
            PATH: process.env["PATH"],
            HOME: folder,
            AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
            AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            AWS_MAX_ATTEMPTS: "1",
            AWS_EC2_METADATA_DISABLED: "true",
          },
        });
        assert.match(
          stderr,
          /Could not connect to the endpoint URL/,
          `${args.join(" ")}: ${stderr}`,
        );
        // The first question has to be answered for the others to be asked, and a quota to be one that was never raised.
        if (args[0] === "sts") {
          return { status: 0, stdout: JSON.stringify(config.accountId), stderr: "" };
        }
        const isQuota = args[1] === "get-service-quota";
        return { status: 254, stdout: "", stderr: isQuota ? "NoSuchResourceException" : stderr };
      };
      const quotas = accountQuotas([await planOf("production")]).slice(0, 1);
      const bootstrap = {
        region: "us-east-1",
        accountId: config.accountId,
        stateBucket: "a-bucket",
      };
      const buckets = [{ name: "crm-backups-prod", region: "us-east-1" }];
      accountFindings(
        { stack: "production", config, bootstrap, buckets, quotas, ownQuotas: quotas },
        ask,
      );
      fs.rmSync(folder, { recursive: true });
      assert.deepEqual([...new Set(asked)].sort(), [
        "ec2 describe-availability-zones",
        "ec2 describe-managed-prefix-lists",
        "iam get-policy",
        "iam list-open-id-connect-providers",
        "kms describe-key",
        "s3api head-bucket",
        "service-quotas get-aws-default-service-quota",
        "service-quotas get-service-quota",
        "sns get-sms-sandbox-account-status",
        "sts get-caller-identity",
      ]);
    });
  },
);

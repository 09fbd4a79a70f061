/** States of AWS Backup's jobs, as the SDK that is installed here has them. */
import assert from "node:assert/strict";

import { BackupJobState } from "@aws-sdk/client-backup";

import { FAILED_JOBS, LOST_JOBS, RECOVERY_POINT_DELETION } from "../../facts/backup";
import { iamAction } from "../../facts/iam-actions";
import { OWNERS_ACTIONS } from "../../facts/security-hub";

/** States of a job that is under way, or complete. */
const GOOD = ["CREATED", "PENDING", "RUNNING", "COMPLETED"];

describe("states of AWS Backup's jobs", () => {
  it("are those of failure if the job is neither under way nor complete", () => {
    const others = Object.values(BackupJobState).filter((state) => !GOOD.includes(state));
    assert.deepEqual([...FAILED_JOBS.states].sort(), others.sort());
  });

  it("contain those of the events", () => {
    for (const state of LOST_JOBS.states) assert.ok(FAILED_JOBS.states.includes(state), state);
  });
});

describe("actions of lists", () => {
  it("are IAM's, and those that delete a recovery point work on one", () => {
    for (const action of OWNERS_ACTIONS.actions) assert.ok(iamAction(action), action);
    for (const action of RECOVERY_POINT_DELETION.actions) {
      const types = iamAction(action)?.resources.map(({ type }) => type);
      assert.ok(types?.includes("recoveryPoint"), `${action}: ${types?.join()}`);
    }
  });
});

/** States of AWS Backup's jobs, as the SDK that is installed here has them. */
import assert from "node:assert/strict";

import { BackupJobState } from "@aws-sdk/client-backup";

import { FAILED_JOBS, LOST_JOBS } from "../../facts/backup";

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

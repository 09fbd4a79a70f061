import assert from "node:assert/strict";

import { buildRules } from "../../../policy-pack/rules/builds";
import { judge, UNKNOWN_FLAG, UNKNOWN_LIST, UNKNOWN_TEXT } from "../support";
import { ruleOf, variantTable } from "../variants";

const PROJECT = "aws:codebuild/project:Project";
const GIT = "https://git.example.com/team/app.git";
const at = (location: string) => ({ source: { type: "BITBUCKET", location } });

describe("policy pack: builds", () => {
  variantTable(buildRules, "codebuild-source-no-credentials", {
    type: PROJECT,
    good: at(GIT),
    compliant: {
      "no address": { source: { type: "CODEPIPELINE" } },
      "a user's name alone": at("https://somebody@bitbucket.org/team/app.git"),
      "an @ in the path": at("https://git.example.com/team/@scope:app.git"),
      "a bucket": { source: { type: "S3", location: "bucket/sources.zip" } },
    },
    violating: {
      "a password": [
        at("https://somebody:secret@bitbucket.org/app.git"),
        /password or a token before the host; remove it from the address\.$/,
      ],
      "a password for another host, of which the control says nothing": [
        { source: { type: "GITHUB", location: "https://a:secret@github.com/team/app.git" } },
        /password or a token.*No public control requires it/,
      ],
      "a token": [
        at("https://ghp_abcdefghijklmnopqrstuvwxyz0123456789@github.com/team/app"),
        /source.location has a password or a token/,
      ],
      "a random name": [
        at("https://aZ3kQ9mX7pL2wR8tY5vB1nC6dF4g@bitbucket.org/team/app"),
        /password or a token/,
      ],
      "a further source": [
        { secondarySources: [{ location: GIT }, { location: "https://a:b@example.com/app.git" }] },
        /secondarySources\[1\].location has/,
      ],
    },
    unknown: {
      address: at(UNKNOWN_TEXT),
      type: { source: { type: UNKNOWN_TEXT, location: UNKNOWN_TEXT } },
      "further sources": { secondarySources: UNKNOWN_LIST },
    },
    unimportant: {
      "the place of a bucket": { source: { type: "S3", location: UNKNOWN_TEXT } },
      "a repository of the account": { source: { type: "CODECOMMIT", location: UNKNOWN_TEXT } },
    },
  });

  const environment = (...environmentVariables: object[]) => ({
    environment: { environmentVariables },
  });
  variantTable(buildRules, "codebuild-no-env-secrets", {
    type: PROJECT,
    good: environment({ name: "STAGE", value: "production" }),
    compliant: {
      none: { environment: { image: "aws/codebuild/standard:7.0" } },
      "a secret by its name": environment({
        name: "AWS_SECRET_ACCESS_KEY",
        type: "SECRETS_MANAGER",
        value: "build/key",
      }),
      "a parameter that the build reads": environment({ name: "NPM_TOKEN", value: "/build/npm" }),
      "an empty one": environment({ name: "DB_PASSWORD", value: "" }),
      "a switch": environment({ name: "USE_TOKEN", value: "true" }),
    },
    violating: {
      "AWS's key": [
        environment({ name: "AWS_ACCESS_KEY_ID", value: "x" }),
        /has AWS_ACCESS_KEY_ID as plain text, which is a secret by its name; name a secret or a parameter\.$/,
      ],
      "AWS's key, empty or of a parameter that the build reads": [
        environment(
          { name: "AWS_ACCESS_KEY_ID", value: "" },
          { name: "AWS_SECRET_ACCESS_KEY", value: "/build/key" },
        ),
        /has AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY) as plain text/,
      ],
      "AWS's secret, of the type that is the default": [
        environment({ name: "AWS_SECRET_ACCESS_KEY", type: "PLAINTEXT", value: UNKNOWN_TEXT }),
        /has AWS_SECRET_ACCESS_KEY/,
      ],
      "another secret": [
        environment({ name: "DB_PASSWORD", value: "x" }),
        /has DB_PASSWORD.*No public control requires it/,
      ],
      "a value that looks like one": [
        environment({ name: "LOGIN", value: "AKIAIOSFODNN7EXAMPLE" }),
        /has LOGIN as plain text, whose value looks like a secret/,
      ],
      "beside a name that is not known": [
        environment({ name: UNKNOWN_TEXT, value: "AKIAIOSFODNN7EXAMPLE" }),
        /has a variable as plain text/,
      ],
    },
    unknown: {
      list: { environment: { environmentVariables: UNKNOWN_LIST } },
      name: environment({ name: UNKNOWN_TEXT, value: "x" }),
      value: environment({ name: "STAGE", value: UNKNOWN_TEXT }),
      type: environment({ name: "DB_PASSWORD", type: UNKNOWN_TEXT, value: "x" }),
    },
    unimportant: {
      "the value of a secret": environment({
        name: "DB_PASSWORD",
        type: "PARAMETER_STORE",
        value: UNKNOWN_TEXT,
      }),
    },
  });

  it("codebuild-no-env-secrets says once what is not known of an environment", () => {
    const props = environment(
      ...["BUCKET", "TABLE", "QUEUE"].map((name) => ({ name, value: UNKNOWN_TEXT })),
    );
    const rule = ruleOf(buildRules, "codebuild-no-env-secrets");
    assert.equal(judge(rule, { type: PROJECT, props }).undecided.length, 1);
  });

  variantTable(buildRules, "codebuild-s3-logs-encrypted", {
    type: PROJECT,
    good: { logsConfig: { s3Logs: { status: "ENABLED", location: "logs/builds" } } },
    compliant: {
      "no logs in S3": { logsConfig: undefined },
      "logs in S3 that are off, as by default": {
        logsConfig: { s3Logs: { encryptionDisabled: true } },
      },
    },
    violating: {
      off: [
        { logsConfig: { s3Logs: { status: "ENABLED", encryptionDisabled: true } } },
        /s3Logs.encryptionDisabled is true; set it to false/,
      ],
    },
    unknown: {
      switch: { logsConfig: { s3Logs: { status: "ENABLED", encryptionDisabled: UNKNOWN_FLAG } } },
      status: { logsConfig: { s3Logs: { status: UNKNOWN_TEXT, encryptionDisabled: true } } },
    },
  });

  const logs = (cloudwatch?: string, s3?: string) => ({
    logsConfig: { cloudwatchLogs: { status: cloudwatch }, s3Logs: { status: s3 } },
  });
  variantTable(buildRules, "codebuild-logged", {
    type: PROJECT,
    good: logs("ENABLED"),
    compliant: {
      "by default": { logsConfig: undefined },
      "by default, with a group": { logsConfig: { cloudwatchLogs: { groupName: "builds" } } },
      "in S3 alone": logs("DISABLED", "ENABLED"),
    },
    violating: {
      "off, none in S3": [
        { logsConfig: { cloudwatchLogs: { status: "DISABLED" } } },
        /cloudwatchLogs.status is "DISABLED" and logsConfig.s3Logs.status is not set/,
      ],
      "both off": [logs("DISABLED", "DISABLED"), /set one to "ENABLED"/],
    },
    unknown: {
      "the first": logs(UNKNOWN_TEXT),
      "the second": logs("DISABLED", UNKNOWN_TEXT),
      "all of it": { logsConfig: { cloudwatchLogs: UNKNOWN_TEXT } },
    },
    unimportant: { "the other": logs("ENABLED", UNKNOWN_TEXT) },
  });

  variantTable(buildRules, "codebuild-artifacts-encrypted", {
    type: PROJECT,
    good: { artifacts: { type: "S3" } },
    compliant: {
      "none, where AWS ignores it": {
        artifacts: { type: "NO_ARTIFACTS", encryptionDisabled: true },
      },
      "further ones": { secondaryArtifacts: [{ type: "S3", encryptionDisabled: false }] },
    },
    violating: {
      off: [
        { artifacts: { type: "S3", encryptionDisabled: true } },
        /artifacts.encryptionDisabled is true/,
      ],
      "of further ones": [
        { secondaryArtifacts: [{ type: "S3" }, { type: "S3", encryptionDisabled: true }] },
        /secondaryArtifacts\[1\].encryptionDisabled is true/,
      ],
    },
    unknown: {
      switch: { artifacts: { type: "S3", encryptionDisabled: UNKNOWN_FLAG } },
      type: { artifacts: { type: UNKNOWN_TEXT, encryptionDisabled: true } },
      "further ones": { secondaryArtifacts: UNKNOWN_LIST },
    },
    unimportant: { "the type of encrypted ones": { artifacts: { type: UNKNOWN_TEXT } } },
  });

  const exported = (s3Destination: unknown) => ({ exportConfig: { type: "S3", s3Destination } });
  variantTable(buildRules, "codebuild-reports-encrypted", {
    type: "aws:codebuild/reportGroup:ReportGroup",
    good: exported({ bucket: "reports", encryptionKey: UNKNOWN_TEXT }),
    compliant: { "no export": { exportConfig: { type: "NO_EXPORT" } } },
    violating: {
      off: [exported({ encryptionDisabled: true }), /s3Destination.encryptionDisabled is true/],
    },
    unknown: {
      switch: exported({ encryptionDisabled: UNKNOWN_FLAG }),
      bucket: exported(UNKNOWN_TEXT),
    },
  });

  variantTable(buildRules, "codebuild-not-privileged", {
    type: PROJECT,
    good: { environment: { privilegedMode: false } },
    compliant: { "by default": { environment: {} } },
    violating: { on: [{ environment: { privilegedMode: true } }, /privilegedMode is true/] },
    unknown: { switch: { environment: { privilegedMode: UNKNOWN_FLAG } } },
  });
});

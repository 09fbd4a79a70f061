import assert from "node:assert/strict";
import * as path from "node:path";

import { type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { secret } from "../../../analysis/plan/values";
import { answerFor, answersOf } from "../../../tools/preview/data/answers";
import { policyDocument } from "../../../tools/preview/data/policy-document";
import { ResultNames } from "../../../tools/preview/data/result-names";
import { DataSources } from "../../../tools/preview/engine/data-sources";
import { PreviewError } from "../../../tools/preview/engine/errors";
import { Gaps } from "../../../tools/preview/engine/gaps";
import recorded from "./fixtures/policy-documents.json";
import { resource } from "./support";

const ROOT = path.join(__dirname, "..", "..", "..");

function sources(values: Record<string, string> = { "aws:region": "eu-west-1" }, answers = "[]") {
  const gaps = new Gaps();
  const data = new DataSources(ROOT, { values, secretKeys: [] }, answersOf(answers), gaps, {});
  const ask = (token: string, args: PropertyBag = {}, mayBeSecret = false) =>
    data.ask({ token, args, provider: undefined, mayBeSecret });
  const said = () => gaps.diagnostics.map(({ message }) => message).join("\n");
  return { data, ask, said };
}

describe("data sources", () => {
  it("a policy document is what the AWS provider writes, character by character", () => {
    for (const { args, minifiedJson, id } of recorded.documents) {
      const document = policyDocument(args);
      assert.equal(document.minifiedJson, minifiedJson);
      // The id is a checksum of the indented text.
      assert.equal(document.id, id);
    }
    assert.ok(recorded.documents.length > 10);
  });

  it("a policy document refuses what the provider refuses", () => {
    const twice = { statements: [{ sid: "A" }, { sid: "A" }] };
    assert.throws(() => policyDocument(twice), /duplicate Sid \(A\)/);
    const old = { version: "2008-10-17", statements: [{ resources: ["&{aws:username}"] }] };
    assert.throws(() => policyDocument(old), /not supported in document version 2008-10-17/);
    assert.throws(() => policyDocument({ overridePolicyDocuments: ["{"] }), /override document 0/);
  });

  // What terraform 1 with hashicorp/aws 5.100.0 printed in eu-west-1, 2026-11-28.
  it("region, partition, principal, service and ARN are as the AWS provider has them", () => {
    const { ask, said } = sources();
    const known = (token: string, args?: PropertyBag) =>
      ask(`aws:index/${token}:${token}`, args).values;
    assert.deepEqual(known("getRegion"), {
      ...{ id: "eu-west-1", name: "eu-west-1", region: "eu-west-1" },
      ...{ description: "Europe (Ireland)", endpoint: "ec2.eu-west-1.amazonaws.com" },
    });
    assert.deepEqual(known("getPartition"), {
      ...{ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" },
      reverseDnsPrefix: "com.amazonaws",
    });
    assert.deepEqual(known("getServicePrincipal", { serviceName: "logs" }), {
      ...{ id: "logs.eu-west-1.amazonaws.com", name: "logs.amazonaws.com" },
      ...{ region: "eu-west-1", serviceName: "logs", suffix: "amazonaws.com" },
    });
    const arn = "arn:aws:s3:::bucket/x:y";
    assert.deepEqual(known("getArn", { arn }), {
      ...{ id: arn, arn, partition: "aws", service: "s3", region: "", account: "" },
      resource: "bucket/x:y",
    });
    assert.equal(known("getBillingServiceAccount").arn, "arn:aws:iam::386209384616:root");
    assert.equal(said(), "");
    assert.equal(known("getService", { serviceId: "ec2" }).dnsName, "ec2.eu-west-1.amazonaws.com");
  });

  it("China's services have principals of their own", () => {
    const { ask } = sources({ "aws:region": "cn-north-1" });
    const name = (serviceName: string) =>
      ask("aws:index/getServicePrincipal:getServicePrincipal", { serviceName }).values.name;
    assert.equal(name("logs"), "logs.amazonaws.com.cn");
    assert.equal(name("ecs-tasks"), "ecs-tasks.amazonaws.com");
  });

  it("the account is the one that the settings allow, else unknown with a warning", () => {
    const token = "aws:index/getCallerIdentity:getCallerIdentity";
    const one = sources({ "aws:allowedAccountIds": '["111122223333"]' });
    assert.equal(one.ask(token).values.accountId, "111122223333");
    const none = sources();
    assert.equal(none.ask(token).values.accountId, UNKNOWN);
    assert.match(none.said(), /- call: aws:index\/getCallerIdentity/);
  });

  it("zones are assumed, and the warning says so; a region that nothing names as well", () => {
    const { ask, said } = sources({});
    const token = "aws:index/getAvailabilityZones:getAvailabilityZones";
    const { names } = ask(token, { excludeNames: ["us-east-1c"] }).values;
    assert.deepEqual((names as string[]).slice(0, 3), ["us-east-1a", "us-east-1b", "us-east-1d"]);
    assert.match(said(), /assumed: the region is us-east-1/);
    assert.match(said(), /assumed: the availability zones of us-east-1 are us-east-1a, us-east-1b/);
  });

  it("a provider's region counts for its calls", () => {
    const { data } = sources();
    const provider = resource("pulumi:providers:aws", "west", undefined, {
      inputs: { region: secret("us-west-2") },
    });
    assert.equal(data.regionOf(provider), "us-west-2");
    assert.equal(data.regionOf(undefined), "eu-west-1");
  });

  it("an unanswered call is unknown, and the warning's lines are an answer for it", () => {
    const token = "aws:ec2/getAmi:getAmi";
    const args = { owners: ["amazon"], mostRecent: true };
    const { ask, said } = sources();
    const { known, values } = ask(token, args);
    assert.deepEqual([known, values.id, values.architecture], [false, UNKNOWN, UNKNOWN]);
    assert.match(
      said(),
      /^unanswered, so unknown: aws:ec2\/getAmi:getAmi \(--answers FILE; .*\)\n/,
    );
    assert.match(said(), /^ {2}- call: aws:ec2\/getAmi:getAmi\n {4}with: /m);
    const written = JSON.stringify([{ call: token, with: args, result: { id: "ami-1" } }]);
    const answered = sources(undefined, written);
    const result = answered.ask(token, { ...args, filters: [] });
    assert.deepEqual([result.known, result.values.id], [true, "ami-1"]);
    assert.equal(result.values.architecture, UNKNOWN);
    assert.equal(answered.said(), "");
  });

  it("names answers that fit no call, and identifiers first", () => {
    const answers = [
      {
        call: "aws:route53/getZone:getZone",
        with: { name: "a.example" },
        result: { zoneId: "Z1" },
      },
      { call: "aws:ec2/getAmi:getAmi", result: { id: "ami-1" } },
    ];
    const { data, ask, said } = sources(undefined, JSON.stringify(answers));
    ask("aws:route53/getZone:getZone", { name: "b.example" });
    ask("aws:ec2/getAmi:getAmi");
    assert.match(said(), /^ {4}result: \{ id: \.\.\., .*zoneId: \.\.\./m);
    data.nameUnused();
    assert.match(said(), /^answers without a call that fits .*: aws:route53\/getZone:getZone$/m);
  });

  it("an argument that may be secret stands in no warning", () => {
    const { ask, said } = sources();
    ask("aws:ssm/getParameter:getParameter", { name: "hunter2" }, true);
    assert.match(said(), /getParameter/);
    assert.doesNotMatch(said(), /hunter2/);
  });

  it("answers are checked, and the first that fits counts", () => {
    const refused = (setting: string, message: RegExp) =>
      assert.throws(
        () => answersOf(setting),
        (error) => error instanceof PreviewError && message.test(error.message),
      );
    refused('{"call":"x"}', /^preview:answers: the whole: expected a list of answers, got/);
    refused('[{"call":1,"result":{}}]', /\[0\]\.call: expected a type token, got 1/);
    refused('[{"call":"x"}]', /\[0\]\.result: expected a map of values, got nothing/);
    const answers = answersOf(
      JSON.stringify([
        { call: "aws:ec2:getVpc", with: { tags: { a: "b" } }, result: { id: "one" } },
        { call: "aws:ec2/getVpc:getVpc", result: { id: "other" } },
      ]),
    );
    const token = "aws:ec2/getVpc:getVpc";
    assert.deepEqual(answerFor(answers, token, { tags: { a: "b" } })?.result, { id: "one" });
    assert.deepEqual(answerFor(answers, token, { tags: {} })?.result, { id: "other" });
    assert.equal(answerFor(answers, "aws:ec2/getAmi:getAmi", {}), undefined);
  });

  it("names of results come from the program's own SDK", () => {
    const names = new ResultNames(ROOT).of("aws:ec2/getAmi:getAmi");
    assert.ok(names.includes("architecture") && names.includes("rootDeviceName"));
    assert.deepEqual(new ResultNames(ROOT).of("none:index/getNothing:getNothing"), []);
  });
});

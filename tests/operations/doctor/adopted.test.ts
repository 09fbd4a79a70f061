/** What doctor asks about resources of another owner. Answers are in the form of the AWS CLI's reference: what `--query` leaves. */
import assert from "node:assert/strict";

import { parse } from "yaml";

import { adoptedFindings } from "../../../operations/doctor/adopted";
import type { Answer } from "../../../operations/doctor/ask";
import { changed, exampleText } from "../../../operations/example";
import { validated } from "../../support/stack-files";
import { fails, says } from "./world";

type Sections = Record<string, any>; // any: the cases reach into every section

const VPC = "vpc-0123456789abcdef0";
const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];
const KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const tier = (digit: string) => [1, 2, 3].map((n) => `subnet-0${digit.repeat(15)}${n}`);
const TABLES = [1, 2, 3].map((n) => `rtb-0${"d".repeat(15)}${n}`);

/** The network of the example. */
const existing = (sections: Sections) => {
  const { config } = parse(exampleText("existing-vpc")) as { config: Sections };
  const network = changed(sections["network"], config["crm:network"]) as Sections;
  network["existing"].routeTableIds = TABLES;
  sections["network"] = network;
};

const VPCS = says([{ owner: "123456789012", ranges: ["10.20.0.0/16"] }]);
const subnet = (id: string, index: number) => ({ id, vpc: VPC, zone: ZONES[index], free: 8 });
const SUBNETS = ["a", "b", "c"].flatMap((digit) => tier(digit).map(subnet));
const ROUTES = TABLES.map((id) => ({ id, vpc: VPC }));
const GOOD: Readonly<Record<string, Answer>> = {
  "ec2 describe-vpcs": VPCS,
  "ec2 describe-subnets": says(SUBNETS),
  "ec2 describe-route-tables": says(ROUTES),
  "ec2 describe-internet-gateways": says(["igw-0123456789abcdef0"]),
};

function look(
  id: string,
  change: (sections: Sections) => void,
  answers: Readonly<Record<string, Answer>>,
) {
  const calls: string[] = [];
  const config = validated("staging", change);
  const findings = adoptedFindings({ stack: "staging", config }, (args) => {
    calls.push(args.join(" "));
    const answer = answers[args.slice(0, 2).join(" ")];
    assert.ok(answer, args.join(" "));
    return answer;
  });
  return { calls, ...findings.find((one) => one.id === id)! };
}

const error = (code: string, operation: string) =>
  fails(`An error occurred (${code}) when calling the ${operation} operation: no`);

describe("what doctor asks about resources of another owner", () => {
  it("is nothing where the stack creates its own", () => {
    const config = validated("staging");
    const found = adoptedFindings({ stack: "staging", config }, () => assert.fail("asked"));
    assert.deepEqual([...new Set(found.map(({ status }) => status))], ["ok"]);
  });

  it("is whether VPC, subnets and route tables are there, in one call for each", () => {
    const found = look("account-network", existing, GOOD);
    assert.equal(found.status, "ok", found.evidence);
    assert.equal(found.calls.length, 4);
    assert.ok(found.calls.every((call) => call.includes("--region us-east-1")));
  });

  const without = (index: number) => says(SUBNETS.filter((_, other) => other !== index));
  const other = (change: object) => says([{ ...SUBNETS[0]!, ...change }, ...SUBNETS.slice(1)]);
  const wrong: readonly (readonly [string, Answer, RegExp])[] = [
    ["ec2 describe-vpcs", says([]), /^vpc-0123456789abcdef0 is not in us-east-1$/],
    [
      "ec2 describe-vpcs",
      says([{ owner: "210987654321", ranges: ["10.20.0.0/16"] }]),
      /^vpc-0123456789abcdef0 is the account 210987654321's: only its owner creates endpoints/,
    ],
    [
      "ec2 describe-vpcs",
      says([{ owner: "123456789012", ranges: ["10.30.0.0/16"] }]),
      /^crm:network\.cidrBlock is 10\.20\.0\.0\/16, the ranges of vpc-\w+ are 10\.30\.0\.0\/16$/,
    ],
    [
      "ec2 describe-subnets",
      without(3),
      /^crm:network\.existing\.subnetIds\.private\[0\]: subnet-0b+1 is not in us-east-1$/,
    ],
    [
      "ec2 describe-subnets",
      other({ vpc: "vpc-0fedcba9876543210" }),
      /subnetIds\.public\[0\]: subnet-0a+1 is in vpc-0fedcba9876543210, not vpc-0123456789abcdef0$/,
    ],
    [
      "ec2 describe-subnets",
      other({ zone: "us-east-1b" }),
      /subnet-0a+1 is in us-east-1b, crm:network\.availabilityZones\[0\] is us-east-1a$/,
    ],
    [
      "ec2 describe-subnets",
      other({ free: 7 }),
      /^crm:network\.existing\.subnetIds\.public\[0\]: subnet-0a+1 has 7 free addresses, a load balancer needs 8$/,
    ],
    ["ec2 describe-internet-gateways", says([]), /^vpc-0123456789abcdef0 has no internet gateway$/],
    [
      "ec2 describe-route-tables",
      says(ROUTES.slice(1)),
      /^crm:network\.existing\.routeTableIds\[0\]: rtb-0d+1 is not in us-east-1$/,
    ],
  ];
  for (const [command, answer, evidence] of wrong) {
    it(`fails: ${evidence.source}`, () => {
      const found = look("account-network", existing, { ...GOOD, [command]: answer });
      assert.equal(found.status, "fail");
      assert.match(found.evidence, evidence);
      assert.match(found.fix!, /^(aws ec2|pulumi config) /);
    });
  }

  it("is skipped where the answer is denied", () => {
    for (const command of Object.keys(GOOD)) {
      const denied = error("UnauthorizedOperation", "Describe");
      const found = look("account-network", existing, { ...GOOD, [command]: denied });
      assert.deepEqual([found.status, found.fix], ["skipped", undefined]);
    }
  });

  const keys = (sections: Sections) => {
    sections["keys"] = { existing: { database: KEY, cache: KEY } };
  };
  const describeKey = (...values: string[]) => ({ "kms describe-key": says(values) });
  it("is whether keys are there, enabled and the customer's, each once", () => {
    const good = look(
      "account-keys",
      keys,
      describeKey("Enabled", "SYMMETRIC_DEFAULT", "CUSTOMER"),
    );
    assert.deepEqual([good.status, good.calls.length], ["ok", 1]);
    const of = (answers: Readonly<Record<string, Answer>>) => look("account-keys", keys, answers);
    const off = of(describeKey("Disabled", "SYMMETRIC_DEFAULT", "CUSTOMER"));
    assert.equal(off.status, "fail");
    assert.match(off.evidence, /^crm:keys\.existing\.(cache|database): arn:\S+ is Disabled$/);
    assert.match(off.fix!, /^aws kms enable-key --key-id arn:/);
    const gone = of({ "kms describe-key": error("NotFoundException", "DescribeKey") });
    assert.match(gone.evidence, / is not there$/);
    assert.match(of(describeKey("PendingDeletion", "", "")).evidence, / is PendingDeletion$/);
    assert.match(of(describeKey("Enabled", "RSA_2048", "CUSTOMER")).evidence, /RSA_2048/);
    assert.match(of(describeKey("Enabled", "SYMMETRIC_DEFAULT", "AWS")).evidence, /AWS manages/);
    const denied = of({ "kms describe-key": error("AccessDeniedException", "DescribeKey") });
    assert.equal(denied.status, "skipped");
  });

  it("is whether the hosted zone is the domain's and public", () => {
    const zone = ({ edge }: Sections) => (edge.zone = { id: "Z0123456789ABCDEFGHIJ" });
    const of = (answer: Answer) =>
      look("account-hosted-zone", zone, { "route53 get-hosted-zone": answer });
    const { domain } = validated("staging").edge;
    assert.equal(of(says([`${domain}.`, false])).status, "ok");
    assert.match(of(says(["example.com.", false])).evidence, /is of example\.com\., not of /);
    assert.match(of(says([`${domain}.`, true])).evidence, /is private$/);
    assert.match(of(error("NoSuchHostedZone", "GetHostedZone")).evidence, /is not there$/);
    assert.equal(of(error("AccessDenied", "GetHostedZone")).status, "skipped");
  });

  it("is whether repositories that the stack does not create are there", () => {
    const used = ({ services }: Sections) =>
      (services.core.repository = { create: false, name: "team/core" });
    const of = (answer: Answer) =>
      look("account-repositories", used, { "ecr describe-repositories": answer });
    assert.equal(of(says(["team/core"])).status, "ok");
    const gone = of(error("RepositoryNotFoundException", "DescribeRepositories"));
    assert.match(gone.evidence, /^crm:services\.core\.repository: \S*core is not in us-east-1$/);
    assert.equal(of(error("AccessDeniedException", "DescribeRepositories")).status, "skipped");
    const collector = ({ cluster }: Sections) =>
      (cluster.collector = { repository: { create: false, name: "team/collector" } });
    const answers = {
      "ecr describe-repositories": error("RepositoryNotFoundException", "DescribeRepositories"),
    };
    const { evidence, fix } = look("account-repositories", collector, answers);
    assert.equal(evidence, "crm:cluster.collector.repository: team/collector is not in us-east-1");
    assert.match(fix!, /--repository-name team\/collector$/);
  });
});

import assert from "node:assert/strict";

import { accountQuotas } from "../../../analysis/account-quotas";
import { SERVICE_QUOTAS } from "../../../facts/service-quotas";
import { accountFindings, type Asked } from "../../../operations/doctor/account";
import type { Answer } from "../../../operations/doctor/ask";
import { certificates } from "../../../operations/doctor/certificates";
import { planOf } from "../../support/plans";
import { validated } from "../../support/stack-files";
import { fails, says } from "./world";

const ACCOUNT = "123456789012";
const BOOTSTRAP = {
  region: "us-east-1",
  accountId: ACCOUNT,
  stateBucket: "crm-pulumi-state-x",
  createIdentityProvider: "true",
};
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

/** What a well-prepared account says, by command. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "sts get-caller-identity": says(ACCOUNT),
  "ec2 describe-availability-zones": says(["us-east-1a", "us-east-1b", "us-east-1c"]),
  "ec2 describe-managed-prefix-lists": says(["pl-3b927c52"]),
  "acm describe-certificate": says(["ISSUED", ["crm-consulting.com", "*.crm-consulting.com"]]),
  "s3api head-bucket": says({}),
  "kms describe-key": says({ KeyMetadata: {} }),
  "iam get-policy": says({ Policy: {} }),
  "iam list-open-id-connect-providers": says([PROVIDER]),
  "service-quotas get-service-quota": says(5000),
  "ecr describe-images": says([`sha256:${"0".repeat(64)}`]),
  "sns get-sms-sandbox-account-status": says(false),
};

describe("what doctor asks an account", () => {
  let asked: Asked;
  before(async () => {
    const plans = [await planOf("production")];
    asked = {
      stack: "production",
      config: validated("production"),
      bootstrap: BOOTSTRAP,
      buckets: [{ name: "crm-backups-prod", region: "us-east-1" }],
      ...{ quotas: accountQuotas(plans), ownQuotas: accountQuotas(plans) },
    };
  });

  function look(changes: Readonly<Record<string, Answer>> = {}, change: Partial<Asked> = {}) {
    const answers = { ...ANSWERS, ...changes };
    const findings = accountFindings({ ...asked, ...change }, (args) => {
      const answer = answers[args.slice(0, 2).join(" ")];
      assert.ok(answer, args.join(" "));
      return answer;
    });
    return new Map(findings.map((one) => [one.id, one]));
  }
  const statuses = (findings: ReturnType<typeof look>) =>
    new Set([...findings.values()].map(({ status }) => status));

  it("asks each question once", () => {
    const calls: string[] = [];
    accountFindings(asked, (args) => {
      calls.push(args.join(" "));
      return ANSWERS[args.slice(0, 2).join(" ")]!;
    });
    assert.deepEqual(calls, [...new Set(calls)]);
  });

  it("is ok where the account has everything", () => {
    const findings = look();
    assert.deepEqual([...statuses(findings)], ["ok"], JSON.stringify([...findings.values()]));
    assert.equal(findings.size, 16);
  });

  it("is skipped, never ok, without the command line and without credentials", () => {
    const without = accountFindings(asked, () => ({ status: null, stdout: "", stderr: "" }));
    assert.deepEqual([...new Set(without.map(({ status }) => status))], ["skipped"]);
    assert.match(without[0]!.evidence, /not installed/);
    const signedOut = look({ "sts get-caller-identity": fails("Unable to locate credentials.") });
    assert.deepEqual([...statuses(signedOut)], ["skipped"]);
    assert.equal(signedOut.get("account-zones")!.evidence, "Unable to locate credentials.");
  });

  it("asks for no list of CloudFront's addresses where the load balancer admits all", () => {
    const open = validated("production", ({ edge }) => (edge.restrictOrigin = false));
    const answers = { "ec2 describe-managed-prefix-lists": says(["pl-00000000"]) };
    assert.equal(look(answers).get("account-prefix-list")!.status, "fail");
    assert.equal(look(answers, { config: open }).get("account-prefix-list")!.status, "ok");
  });

  it("asks no other account than the stack's", () => {
    const findings = look({ "sts get-caller-identity": says("210987654321") });
    assert.equal(findings.get("account-identity")!.status, "fail");
    const rest = [...findings.values()].slice(1);
    assert.ok(rest.every(({ status }) => status === "skipped"));
  });

  // CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront"; errors: ACM API Reference, DescribeCertificate.
  it("names certificates that are not there, not issued or without a host", () => {
    const arn = (name: string) => `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/${name}`;
    const config = validated("production", ({ edge, cluster, services }) => {
      edge.distribution.certificateArn = arn("viewer");
      cluster.loadBalancer.certificateArn = arn("balancer");
      services.auth.route.hosts = ["partners"];
    });
    const found = (answer?: Answer) => {
      const answers = answer && { "acm describe-certificate": answer };
      return look(answers, { config }).get("account-certificates")!;
    };
    assert.equal(found().status, "ok");
    const gone =
      "An error occurred (ResourceNotFoundException) when calling the DescribeCertificate operation";
    assert.match(
      found(fails(gone)).evidence,
      /distribution\.certificateArn is arn:.*viewer, which is not there/,
    );
    assert.equal(found(fails("AccessDeniedException")).status, "skipped");
    const names = (...hosts: string[]) => hosts.map((host) => `${host}.crm-consulting.com`);
    assert.match(
      found(says(["EXPIRED", names("*")])).evidence,
      /has the status EXPIRED, not ISSUED/,
    );
    const { status, evidence } = found(says(["ISSUED", names("app", "api", "*.api")]));
    assert.equal(status, "fail");
    assert.match(
      evidence,
      /distribution\.certificateArn does not name partners\.crm-consulting\.com/,
    );
    const only = found(says(["ISSUED", names("app", "api", "partners")]));
    assert.match(
      only.evidence,
      /loadBalancer\.certificateArn does not name origin\.crm-consulting\.com, origin-primary\.crm-consulting\.com/,
    );
    assert.doesNotMatch(only.evidence, /distribution/);
    // ACM API Reference, RenewalSummary: PENDING_VALIDATION, where ACM could not validate a name.
    const all = names("*", "app");
    const renewing = (renewal: string | null) => found(says(["ISSUED", all, renewal]));
    assert.equal(renewing(null).status, "ok");
    assert.equal(renewing("PENDING_AUTO_RENEWAL").status, "ok");
    for (const renewal of ["PENDING_VALIDATION", "FAILED"]) {
      assert.match(
        renewing(renewal).evidence,
        new RegExp(`certificateArn cannot be renewed: ${renewal}`),
      );
    }
  });

  it("lists certificates in the region of the first that is wrong", () => {
    const config = validated("production", ({ edge, cluster }) => {
      edge.distribution.certificateArn = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/viewer`;
      cluster.loadBalancer.certificateArn = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/balancer`;
    });
    const finding = certificates({ config: { ...config, region: "eu-west-1" } }, (args) =>
      says(["ISSUED", args.includes("eu-west-1") ? [] : ["*.crm-consulting.com"]]),
    );
    assert.equal(finding.status, "fail");
    assert.match(finding.fix!, /list-certificates --region eu-west-1 /);
  });

  // Lambda Developer Guide: the image is uploaded before the function is created. Errors: ECR API Reference, DescribeImages.
  it("names images that are not there, and repositories that the first deployment creates", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const config = validated("production", ({ eventing, services }) => {
      const fn = { ...eventing.functions["social-data-processor"], triggers: {} };
      delete fn.runtime;
      delete fn.handler;
      eventing.functions.reader = { ...fn, image: `core@${digest}` };
      services.auth.image = digest;
    });
    const error = (code: string) =>
      fails(`An error occurred (${code}) when calling the DescribeImages operation: a`);
    const of = (answer: Answer) => look({ "ecr describe-images": answer }, { config }).get("account-images")!; // prettier-ignore
    assert.equal(of(says([digest])).status, "ok");
    const image = of(error("ImageNotFoundException"));
    assert.equal(image.status, "fail");
    assert.match(image.evidence, /crm:services\.auth: crm-auth has no sha256:0/);
    assert.match(image.evidence, /crm:eventing\.functions\.reader: crm-core has no sha256:0/);
    assert.match(
      image.fix!,
      /^docker push 123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/crm-auth:/,
    );
    assert.match(
      of(error("RepositoryNotFoundException")).evidence,
      /functions\.reader: the repository crm-core is not there: deploy without this image first/,
    );
    assert.equal(of(error("AccessDeniedException")).status, "skipped");
  });

  const NOT_FOUND = fails(
    "An error occurred (404) when calling the HeadBucket operation: Not Found",
  );
  const FORBIDDEN = fails(
    "An error occurred (403) when calling the HeadBucket operation: Forbidden",
  );
  const DENIED = fails("An error occurred (AccessDenied) when calling the operation: no");
  for (const [id, status, evidence, fix, command, answer] of [
    [
      "account-zones",
      "fail",
      /the account has no us-east-1b, but us-east-1a, us-east-1c/,
      /'crm:network\.availabilityZones\[1\]' <zone>$/,
      "ec2 describe-availability-zones",
      says(["us-east-1a", "us-east-1c"]),
    ],
    [
      "account-prefix-list",
      "fail",
      /is pl-3b927c52, CloudFront's list in us-east-1 is pl-1/,
      /cloudFrontPrefixListId pl-1$/,
      "ec2 describe-managed-prefix-lists",
      says(["pl-1"]),
    ],
    [
      "account-state-bucket",
      "fail",
      /crm-pulumi-state-x is not there: deploy bootstrap first/,
      /^pulumi -C bootstrap up/,
      "s3api head-bucket",
      NOT_FOUND,
    ],
    [
      "account-buckets",
      "fail",
      /crm-backups-prod is another account's/,
      /--suffix/,
      "s3api head-bucket",
      FORBIDDEN,
    ],
    [
      "account-secrets-key",
      "fail",
      /alias\/crm-pulumi-production in us-east-1 is not there/,
      /^pulumi -C bootstrap up/,
      "kms describe-key",
      fails("An error occurred (NotFoundException) when calling the DescribeKey operation: Alias"),
    ],
    [
      "account-boundary",
      "fail",
      /crm-pipeline-boundary-production is not there/,
      /^pulumi -C bootstrap up/,
      "iam get-policy",
      fails("An error occurred (NoSuchEntity) when calling the GetPolicy operation: Policy"),
    ],
    [
      "account-quotas",
      "fail",
      /Lambda executions at a time in us-east-1: \d+ needed to begin by production, the account has 10/,
      /^aws service-quotas request-service-quota-increase/,
      "service-quotas get-service-quota",
      says(10),
    ],
    [
      "account-text-messages",
      "warn",
      /sandbox for text messages: \+1234567890 get none/,
      /^aws sns create-sms-sandbox-phone-number/,
      "sns get-sms-sandbox-account-status",
      says(true),
    ],
    [
      "account-zones",
      "skipped",
      /AccessDenied/,
      undefined,
      "ec2 describe-availability-zones",
      DENIED,
    ],
    ["account-boundary", "skipped", /AccessDenied/, undefined, "iam get-policy", DENIED],
    [
      "account-identity-provider",
      "skipped",
      /AccessDenied/,
      undefined,
      "iam list-open-id-connect-providers",
      DENIED,
    ],
  ] as const) {
    it(`${id} ${status}: ${evidence.source}`, () => {
      const finding = look({ [command]: answer }).get(id)!;
      assert.equal(finding.status, status, finding.evidence);
      assert.match(finding.evidence, evidence);
      if (fix === undefined) assert.equal(finding.fix, undefined);
      else assert.match(finding.fix!, fix);
    });
  }

  it("takes a bucket name that no account has for free", () => {
    const finding = look({ "s3api head-bucket": NOT_FOUND }).get("account-buckets")!;
    assert.deepEqual([finding.status, finding.evidence.slice(0, 15)], ["ok", "1 of 1 names ar"]);
  });

  it("lets bootstrap make the provider for GitHub once, before it is deployed", () => {
    const id = "account-identity-provider";
    const fresh = { "s3api head-bucket": NOT_FOUND };
    const second = look(fresh).get(id)!;
    assert.equal(second.status, "fail");
    assert.match(second.fix!, /createIdentityProvider false$/);
    const none = { "iam list-open-id-connect-providers": says([]) };
    assert.equal(look({ ...fresh, ...none }).get(id)!.status, "ok");
    const bootstrap = { ...BOOTSTRAP, createIdentityProvider: false };
    const missing = look({ ...fresh, ...none }, { bootstrap }).get(id)!;
    assert.match(missing.fix!, /createIdentityProvider true$/);
    assert.equal(look(fresh, { bootstrap }).get(id)!.status, "ok");
  });

  // docs/new-account.md: staging begins with what a new account has.
  it("only warns where staging fits a new account, and production would not fit beside it", async () => {
    const staging = await planOf("staging");
    const both = accountQuotas([staging, await planOf("production")]);
    const change = { stack: "staging", quotas: both, ownQuotas: accountQuotas([staging]) };
    const begins = Object.fromEntries(
      Object.values(SERVICE_QUOTAS).map(({ code, newAccount }) => [code, newAccount]),
    );
    const newAccount = (args: readonly string[]) =>
      args[0] === "service-quotas"
        ? says(begins[args[args.indexOf("--quota-code") + 1]!])
        : ANSWERS[args.slice(0, 2).join(" ")]!;
    const quotasOf = (changes: Partial<Asked>) =>
      accountFindings({ ...asked, ...changes }, newAccount).find(
        ({ id }) => id === "account-quotas",
      )!;
    const beside = quotasOf(change);
    assert.equal(beside.status, "warn", beside.evidence);
    assert.match(
      beside.evidence,
      /\d+ needed to begin by staging and production, the account has 10/,
    );
    assert.equal(quotasOf({ ...change, quotas: change.ownQuotas }).status, "ok");
    assert.equal(quotasOf({}).status, "fail");
  });

  // Lambda Developer Guide, "Configuring reserved concurrency": an account keeps 100 executions unreserved.
  it("fails where the account has too few executions for what production reserves", async () => {
    const { resources } = await planOf("production");
    const reserved = resources
      // A region of its own is that of the copies.
      .filter(({ inputs }) => inputs["region"] === undefined)
      .map(({ inputs }) => Number(inputs["reservedConcurrentExecutions"] ?? 0))
      .reduce((all, one) => all + Math.max(0, one), 0);
    const { code } = SERVICE_QUOTAS.lambdaConcurrency;
    const quotasWith = (executions: number) =>
      accountFindings(asked, (args) =>
        args[0] === "service-quotas" && args.includes(code)
          ? says(executions)
          : ANSWERS[args.slice(0, 2).join(" ")]!,
      ).find(({ id }) => id === "account-quotas")!;
    assert.ok(reserved > 0);
    assert.equal(quotasWith(reserved + 99).status, "fail");
    assert.match(quotasWith(reserved + 99).evidence, /^Lambda executions at a time/);
    assert.equal(quotasWith(reserved + 100).status, "ok");
  });

  const NO_SUCH = fails("An error occurred (NoSuchResourceException) when calling the operation");
  const DEFAULT = "service-quotas get-aws-default-service-quota";

  // A default is what AWS gives as a rule, which is not what a new account has.
  it("asks for AWS's own value where nothing is applied, and counts no more than a new account has", async () => {
    const quotas = accountQuotas([await planOf("staging")]);
    const unapplied = { "service-quotas get-service-quota": NO_SUCH, [DEFAULT]: says(5000) };
    const staging = look(unapplied, { stack: "staging", quotas, ownQuotas: quotas });
    assert.equal(staging.get("account-quotas")!.status, "ok");
    const production = look(unapplied).get("account-quotas")!;
    assert.equal(production.status, "fail");
    assert.match(production.evidence, /Lambda executions at a time .* the account has 10(;|$)/);
    const silent = look({ ...unapplied, [DEFAULT]: NO_SUCH });
    assert.equal(silent.get("account-quotas")!.status, "skipped");
  });

  it("does not use the default quota if the account did not answer", () => {
    for (const error of ["AccessDeniedException", "TooManyRequestsException", "InternalError"]) {
      const refused = fails(
        `An error occurred (${error}) when calling the GetServiceQuota operation`,
      );
      const found = look({ "service-quotas get-service-quota": refused, [DEFAULT]: says(5000) });
      assert.equal(found.get("account-quotas")!.status, "skipped", error);
      assert.match(found.get("account-quotas")!.evidence, new RegExp(`\\(${error}\\)`));
    }
  });

  it("says which quotas it does not know where others are short", () => {
    const vcpus = SERVICE_QUOTAS.fargateVcpus.code;
    const found = accountFindings(asked, (args) => {
      if (args[0] !== "service-quotas") return ANSWERS[args.slice(0, 2).join(" ")]!;
      return args.includes(vcpus) ? fails("Throttled") : says(1);
    }).find(({ id }) => id === "account-quotas")!;
    assert.equal(found.status, "fail");
    assert.match(found.evidence, /does not say: Fargate vCPUs on demand \(Throttled\); .*has 1/);
  });
});

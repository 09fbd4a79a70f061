/** Which strangers a role's trust policy lets in: foreign tokens, roles of other accounts. */
import assert from "node:assert/strict";

import { whoCan } from "../../../analysis/iam";
import { document, HERE, THERE } from "./support";

/** The strangers let in, such as `another organization: allowed`. */
function strangers(statement: object): string[] {
  return whoCan(document(statement), "trust", { account: HERE })
    .openings.map(
      ({ stranger, verdict, through }) =>
        `${stranger}${through ? ` (${through})` : ""}: ${verdict}`,
    )
    .sort();
}

describe("strangers: roles (GitHub: Configuring OpenID Connect in AWS)", () => {
  const GITHUB = `arn:aws:iam::${HERE}:oidc-provider/token.actions.githubusercontent.com`;
  const trust = (Principal: unknown, Action: string, Condition?: object) =>
    strangers({ Effect: "Allow", Principal, Action, ...(Condition && { Condition }) });
  const token = (claims: object) =>
    trust(
      { Federated: GITHUB },
      "sts:AssumeRoleWithWebIdentity",
      Object.fromEntries(
        Object.entries(claims).map(([operator, keys]) => [
          operator,
          Object.fromEntries(
            Object.entries(keys as object).map(([claim, value]) => [
              `token.actions.githubusercontent.com:${claim}`,
              value,
            ]),
          ),
        ]),
      ),
    );
  const aud = { aud: "sts.amazonaws.com" };
  const OPEN = ["foreign token (token.actions.githubusercontent.com): allowed"];

  it("closed: a subject of the own organization", () => {
    for (const sub of [
      ...[
        "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org/octo-repo:*",
        "repo:octo-org/*",
      ],
      ...["repo:octo-org/octo-repo:environment:prod", "repo:octo-org/?cto:*"],
    ]) {
      assert.deepEqual(token({ StringEquals: aud, StringLike: { sub } }), [], sub);
    }
    assert.deepEqual(token({ StringEquals: { ...aud, repository_owner_id: "1234" } }), []);
  });

  it("open: no subject, any subject, any repository, an owner's beginning", () => {
    assert.deepEqual(token({ StringEquals: aud }), OPEN);
    for (const sub of [
      "*",
      "repo:*",
      "repo:*/*:*",
      "repo:octo*",
      "repo:octo*/*:ref:refs/heads/main",
      "*:environment:prod",
      "*:ref:refs/heads/main",
      "repo:?*/deploy:*",
    ]) {
      assert.deepEqual(token({ StringEquals: aud, StringLike: { sub } }), OPEN, sub);
    }
    assert.deepEqual(
      token({ StringEqualsIfExists: { ...aud }, StringLikeIfExists: { sub: "*" } }),
      OPEN,
    );
    assert.deepEqual(token({ StringNotLike: { sub: "repo:bad-org/*" } }), OPEN);
    assert.deepEqual(token({ StringEquals: { ref: "refs/heads/main" } }), OPEN);
  });

  it("closed: a wildcard that does not work, as StringEquals takes it literally", () => {
    assert.deepEqual(token({ StringEquals: { sub: "repo:*" } }), []);
  });

  /** "Shared OIDC identity providers with identity-provider controls" of IAM's guide: the issuer, its required claim, and one of the own company. */
  const SHARED = [
    ["agent.buildkite.com", "sub", "organization:crm:pipeline:deploy:*"],
    ["api.pulumi.com/oidc", "aud", "aws:crm"],
    ["app.terraform.io", "sub", "organization:crm:project:*"],
    ["cognito-identity.amazonaws.com", "aud", "us-east-1:12345678-1234-1234-1234-123456789012"],
    ["gitlab.com", "sub", "project_path:crm/*"],
    ["oidc-configuration.audit-log.githubusercontent.com", "sub", "https://github.com/crm"],
    ["oidc.codefresh.io", "sub", "account:64884faac2751b77ca7ab324:pipeline:*"],
    ["oidc.vercel.com", "aud", "https://vercel.com/crm"],
    ["proidc.upbound.io", "sub", "mcp:crm/platform:*"],
    ["sandboxes.cloud", "aud", "crm"],
    ["scalr.io", "sub", "account:crm:environment:production:*"],
    ["studio.datachain.ai/api", "sub", "credentials:crm/*"],
    ["token.actions.githubusercontent.com", "sub", "repo:crm/*"],
    ["tokens.cloud.shisho.dev", "sub", "job:crm:*"],
    ["vstoken.actions.githubusercontent.com", "sub", "repo:crm/*"],
  ] as const;
  for (const [issuer, claim, own] of SHARED) {
    it(`${issuer} is open without ${claim}, and closed with one of the own company`, () => {
      const of = (condition?: object) =>
        trust(
          { Federated: `arn:aws:iam::${HERE}:oidc-provider/${issuer}` },
          "sts:AssumeRoleWithWebIdentity",
          condition,
        );
      assert.deepEqual(of(), [`foreign token (${issuer}): allowed`]);
      assert.deepEqual(of({ StringLike: { [`${issuer}:${claim}`]: own } }), []);
    });
  }

  it("a provider that is not known: undecided, unless no shared issuer can be it", () => {
    const MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const of = (tail: string, condition: object) =>
      trust(
        { Federated: `arn:aws:iam::${HERE}:${tail}` },
        "sts:AssumeRoleWithWebIdentity",
        condition,
      );
    const github = "token.actions.githubusercontent.com";
    const audience = { StringEquals: { [`${github}:aud`]: "sts.amazonaws.com" } };
    const main = { StringEquals: { [`${github}:sub`]: "repo:octo-org/octo-repo:ref:main" } };
    const UNDECIDED = [`foreign token (${github}): undecided`];
    assert.deepEqual(of(`oidc-provider/${MARKER}`, audience), UNDECIDED);
    assert.deepEqual(of(`oidc-provider/token.actions.${MARKER}`, audience), UNDECIDED);
    assert.deepEqual(of(MARKER, audience), UNDECIDED);
    assert.deepEqual(of(`oidc-provider/${MARKER}`, main), []);
    const pods = `oidc.eks.eu-west-1.amazonaws.com/id/${MARKER}`;
    assert.deepEqual(of(`oidc-provider/${pods}`, { StringEquals: { "x:sub": "a" } }), []);
    assert.deepEqual(of(`saml-provider/${MARKER}`, { StringEquals: { "SAML:aud": "a" } }), []);
  });

  it("other shared providers, and one of one's own", () => {
    const other = (issuer: string, condition?: object) =>
      trust(
        { Federated: `arn:aws:iam::${HERE}:oidc-provider/${issuer}` },
        "sts:AssumeRoleWithWebIdentity",
        condition,
      );
    assert.deepEqual(other("gitlab.com"), ["foreign token (gitlab.com): allowed"]);
    assert.deepEqual(
      other("gitlab.com", { StringLike: { "gitlab.com:sub": "project_path:crm/*" } }),
      [],
    );
    assert.deepEqual(
      other("app.terraform.io", {
        StringLike: { "app.terraform.io:sub": "organization:*:project:*" },
      }),
      ["foreign token (app.terraform.io): allowed"],
    );
    assert.deepEqual(other("oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"), []);
    const pool = { StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-west-1:1234" } };
    const cognito = (condition?: object) =>
      trust(
        { Federated: "cognito-identity.amazonaws.com" },
        "sts:AssumeRoleWithWebIdentity",
        condition,
      );
    assert.deepEqual(cognito(pool), []);
    assert.deepEqual(cognito(), ["foreign token (cognito-identity.amazonaws.com): allowed"]);
  });

  it("roles of others by *, and not by a service, which takes no role of another account", () => {
    assert.deepEqual(trust({ AWS: "*" }, "sts:AssumeRole"), ["another organization: allowed"]);
    assert.deepEqual(trust({ Service: "ecs-tasks.amazonaws.com" }, "sts:AssumeRole"), []);
    assert.deepEqual(
      trust({ AWS: "*" }, "sts:AssumeRole", { StringEquals: { "aws:PrincipalAccount": HERE } }),
      [],
    );
    const partner = { StringEquals: { "sts:ExternalId": "12345" } };
    assert.deepEqual(trust({ AWS: THERE }, "sts:AssumeRole", partner), []);
  });
});

/** Identity providers that many companies share: a stranger can get a token of one. */
import type { Fact } from "./fact";

/**
 * By issuer, what its claims can say of a stranger to the owner of a role. "stranger" is the name of a company
 * that any user can found there, `*` any text without a slash, and `**` any text. Two of AWS's list are not here: tokens of Azure Sentinel
 * are told apart by the name of a session, and those of IBM Turbonomic have an issuer for each version.
 */
export const SHARED_ISSUERS: Fact & {
  readonly claims: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
} = {
  claims: {
    // The owner of a repository may reorder the claims of `sub`; any repository can have an environment's name.
    "token.actions.githubusercontent.com": {
      sub: [
        "repo:*stranger*/*:**",
        "environment:*:repo:*stranger*/*",
        "repository_owner:*stranger*:**",
      ],
      repository: ["*stranger*/*"],
      repository_owner: ["*stranger*"],
      repository_id: ["99900001"],
      repository_owner_id: ["99900002"],
      actor: ["*stranger*"],
      actor_id: ["99900003"],
      enterprise: ["*stranger*"],
      enterprise_id: ["99900004"],
    },
    "gitlab.com": {
      sub: ["project_path:*stranger*/**"],
      namespace_path: ["*stranger*"],
      project_path: ["*stranger*/**"],
      user_email: ["*stranger*"],
    },
    "app.terraform.io": { sub: ["organization:*stranger*:**"] },
    "agent.buildkite.com": { sub: ["organization:*stranger*:**"] },
    "api.pulumi.com/oidc": { aud: ["*stranger*", "aws:*stranger*"] },
    "oidc-configuration.audit-log.githubusercontent.com": {
      sub: ["https://github.com/*stranger*"],
    },
    "oidc.codefresh.io": { sub: ["account:*stranger*:**"] },
    "oidc.vercel.com": { aud: ["https://vercel.com/*stranger*"] },
    "proidc.upbound.io": { sub: ["mcp:*stranger*/**"] },
    "sandboxes.cloud": { aud: ["*stranger*"] },
    "scalr.io": { sub: ["account:*stranger*:**"] },
    "studio.datachain.ai/api": { sub: ["credentials:*stranger*/**"] },
    "tokens.cloud.shisho.dev": { sub: ["job:*stranger*:**"] },
    "vstoken.actions.githubusercontent.com": { sub: ["repo:*stranger*/*:**"] },
    "accounts.google.com": {
      sub: ["999000000000000000001"],
      email: ["stranger@**"],
      oaud: ["*stranger*"],
      aud: ["*stranger*"],
    },
    "cognito-identity.amazonaws.com": { aud: ["*:stranger*"], sub: ["*:stranger*"] },
    "www.amazon.com": { app_id: ["*stranger*"], user_id: ["*stranger*"] },
    "graph.facebook.com": { app_id: ["99900001"], id: ["99900002"] },
  },
  source:
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
  asOf: "2026-11-29",
  unverified:
    "the page has the issuers, those of AWS's own providers for applications aside, and which claim of each has to be judged; the forms of claims are those that the issuers write of themselves",
};

/**
 * Who makes a request, and what the request says about them.
 *
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", "AWS global condition context keys".
 */
import { HOLE, withHoles } from "./unknown";

/** Who makes a request. */
export type Caller = { readonly canonicalId?: string } & (
  | { readonly kind: "user"; readonly arn: string; readonly id?: string }
  | {
      readonly kind: "role";
      /** The role's ARN, not the session's. */
      readonly arn: string;
      /** The session's name; left out where it is not known. */
      readonly session?: string;
      /** The role's unique id, `AROA...`. */
      readonly id?: string;
    }
  | {
      readonly kind: "federated-user";
      /** `arn:aws:sts::123456789012:federated-user/name`. */
      readonly arn: string;
      readonly id?: string;
    }
  | { readonly kind: "root"; readonly account: string; readonly partition?: string }
  /** An AWS service that calls on its own behalf. */
  | { readonly kind: "service"; readonly name: string }
  /** A user with a token of an identity provider, before a role is assumed. */
  | { readonly kind: "federated"; readonly provider: string }
  | { readonly kind: "anonymous" }
);

/** The caller of an ARN, a service's name, or `*` for an anonymous one. Nothing for another text. */
export function callerOf(text: string): Caller | undefined {
  if (text === "*") {
    return { kind: "anonymous" };
  }
  const arn = /^arn:([\w-]+):(iam|sts)::(\d{12}):(.*)$/s.exec(text);
  if (arn === null) {
    return /^[\w.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)$/.test(text)
      ? { kind: "service", name: text }
      : undefined;
  }
  const [, partition, service, account, rest] = arn as unknown as [string, ...string[]];
  const [type, ...path] = rest!.split("/");
  switch (`${service}/${type}`) {
    case "iam/root":
      return { kind: "root", account: account!, partition };
    case "iam/user":
      return { kind: "user", arn: text };
    case "iam/role":
      return { kind: "role", arn: text };
    case "iam/oidc-provider":
    case "iam/saml-provider":
      return { kind: "federated", provider: text };
    case "sts/federated-user":
      return { kind: "federated-user", arn: text };
    case "sts/assumed-role": {
      const role = `arn:${partition}:iam::${account}:role/${path[0]}`;
      return { kind: "role", arn: role, session: path.slice(1).join("/") };
    }
    default:
      return undefined;
  }
}

/** The account of a caller; nothing for one without, a hole where it is not known. */
export function accountOf(caller: Caller): string | undefined {
  switch (caller.kind) {
    case "user":
    case "role":
    case "federated-user":
      return accountOfArn(caller.arn);
    case "root":
      return caller.account;
    case "service":
    case "federated":
    case "anonymous":
      return undefined;
  }
}

/** The account in an ARN; nothing where it names none, a hole where it is not known. */
export function accountOfArn(arn: string): string | undefined {
  const text = withHoles(arn);
  const parts = text.split(":");
  const account = parts[4];
  if (parts.length < 6) {
    return text.includes(HOLE) ? HOLE : undefined;
  }
  const before = parts.slice(0, 4).join(":");
  return before.includes(HOLE) ? HOLE : account === "" ? undefined : account;
}

const lastOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** The ARN of a role's session, where its name is known. */
export function sessionArn(arn: string, session: string): string {
  const [, partition, , , account] = arn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${lastOf(arn)}/${session}`;
}

/** The user who federated. */
export function federatingUser(arn: string): string {
  const [, partition, , , account] = arn.split(":");
  return `arn:${partition}:iam::${account}:user/${lastOf(arn)}`;
}

/**
 * An account of AWS's own. All requests have aws:PrincipalAccount, anonymous ones the value `anonymous`; that of a service is not documented.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
 */
const SERVICE_ACCOUNT = "aws-services";

/** The condition keys that follow from the caller; undefined for an absent key. In lower case. */
export function ownKey(caller: Caller, key: string): string | undefined {
  switch (key) {
    case "aws:principalarn":
      return principalArn(caller);
    case "aws:principalaccount":
      return caller.kind === "anonymous"
        ? "anonymous"
        : caller.kind === "service"
          ? SERVICE_ACCOUNT
          : accountOf(caller);
    case "aws:principaltype":
      return principalType(caller);
    case "aws:username":
      return caller.kind === "user" ? lastOf(caller.arn) : undefined;
    case "aws:userid":
      return userId(caller);
    case "aws:principalisawsservice":
      return caller.kind === "anonymous" ? undefined : String(caller.kind === "service");
    case "aws:principalservicename":
      return caller.kind === "service" ? caller.name : undefined;
    default:
      return undefined;
  }
}

function principalArn(caller: Caller): string | undefined {
  switch (caller.kind) {
    case "user":
    case "role":
    case "federated-user":
      return withHoles(caller.arn);
    case "root":
      return `arn:${caller.partition ?? "aws"}:iam::${caller.account}:root`;
    case "service":
    case "federated":
    case "anonymous":
      return undefined;
  }
}

function principalType(caller: Caller): string | undefined {
  switch (caller.kind) {
    case "user":
      return "User";
    case "role":
      return "AssumedRole";
    case "federated-user":
      return "FederatedUser";
    case "root":
      return "Account";
    case "anonymous":
      return "Anonymous";
    case "service":
    case "federated":
      return undefined;
  }
}

function userId(caller: Caller): string | undefined {
  switch (caller.kind) {
    case "user":
      return caller.id ?? HOLE;
    case "role":
      return `${caller.id ?? HOLE}:${caller.session ?? HOLE}`;
    case "federated-user":
      return `${accountOf(caller)}:${lastOf(caller.arn)}`;
    case "root":
      return caller.account;
    case "anonymous":
      return "anonymous";
    case "service":
    case "federated":
      return undefined;
  }
}

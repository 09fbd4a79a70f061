/** Where a stack file keeps its secrets: each encrypted separately, below one key. */
import { knownNames } from "./known-names";
import type { ConfigProblem } from "./problems";

/** The key that holds a stack's own secrets. */
export const SECRETS = "crm:secrets";

const SET = (name: string) => `\`pulumi config set --path ${SECRETS}.${name} --secret\``;

/** The AWS provider reads credentials from these. Source: @pulumi/aws, config/vars. */
const CREDENTIALS = /^aws:(accessKey|secretKey|token)$/;

/** Keys, with namespace, that hold an encrypted value but must not. */
export function misplacedSecrets(
  secretKeys: readonly string[],
  place = `A secret belongs in ${SECRETS}: ${SET("<name>")}, and a service names it under its \`secrets\`.`,
): ConfigProblem[] {
  return secretKeys
    .filter(
      (key) => key !== SECRETS && /^(crm|crm-bootstrap|aws):/.test(key) && !CREDENTIALS.test(key),
    )
    .map((key) => ({
      key,
      message: `${key}: expected plain values, got an encrypted one, which would reach the plan as plain text. ${place}`,
    }));
}

/** Keys, with namespace, that hold credentials: they must not be in a stack file, encrypted or not. */
export function credentialsGiven(keys: readonly string[]): ConfigProblem[] {
  return keys
    .filter((key) => CREDENTIALS.test(key))
    .map((key) => ({
      key,
      message:
        `${key}: expected no credentials in a stack file, got some. Remove and revoke them: a person signs in with ` +
        "`aws sso login`, the pipeline takes a role.",
    }));
}

/**
 * What is wrong with the stack's secrets: one that is not encrypted can be read by every reader of the repository,
 * and an empty one counts as set.
 *
 * @param value the values below `crm:secrets`, decrypted or not
 * @param isClear whether the stack file has the value of a name in plain text
 */
export function secretProblems(
  value: unknown,
  isClear: (name: string) => boolean,
): ConfigProblem[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [
      {
        key: SECRETS,
        message: `${SECRETS}: expected encrypted values by name, got something else. Set each with ${SET("<name>")}.`,
      },
    ];
  }
  const reserved = knownNames(value, SECRETS);
  if (reserved.length > 0) {
    return reserved;
  }
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const got = isClear(name)
      ? "plain text. Rotate it: it is in the repository's history"
      : typeof item !== "string"
        ? "a structure"
        : item === ""
          ? "an empty one"
          : undefined;
    const key = `${SECRETS}.${name}`;
    return got === undefined
      ? []
      : [
          {
            key,
            message: `${key}: expected an encrypted value, got ${got}. Set it with ${SET(name)}.`,
          },
        ];
  });
}

/** Names below `crm:secrets` that a stack file's `config` holds in plain text; Pulumi writes `secure:` for the others. */
export function clearNames(config: unknown): string[] {
  const secrets = (config as Record<string, unknown> | null | undefined)?.[SECRETS];
  if (typeof secrets !== "object" || secrets === null || isEncrypted(secrets)) {
    return [];
  }
  return Object.entries(secrets)
    .filter(([, value]) => !isEncrypted(value))
    .map(([name]) => name);
}

function isEncrypted(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).join() === "secure" &&
    typeof (value as { secure: unknown }).secure === "string"
  );
}

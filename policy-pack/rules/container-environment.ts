/** No secret in a container's environment: every principal that may describe a task reads it there. */
import { read, UNKNOWN } from "../../analysis/properties";
import { type Report, resourceRule, type Rule, type Subject } from "../define";
import { records } from "../lists";
import { fits } from "../relations";

/** Variables that Security Hub's ECS.8 and CodeBuild.2 refuse with any value. */
const REFUSED_NAME = /^(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|ECS_ENGINE_AUTH_DATA)$/;

/** Variable names that hold a secret, by their ends. */
const SECRET_NAME =
  /(^|_)(PASS|PASSWD|PASSWORD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|CREDENTIALS?|(DB|DATABASE|POSTGRES|REDIS|CACHE|MONGO|AMQP)_UR[LI]|CONNECTION_?STRING|DSN)$/i;

/** Whether a variable holds a secret by its name: `USE_TOKEN` does not if it is true or false. A value that is not known may be one. */
export function isSecretByName(name: string, value: unknown): boolean {
  const isSwitch = /^(|true|false)$/i.test(String(value));
  return REFUSED_NAME.test(name) || (SECRET_NAME.test(name) && !isSwitch);
}

/** Values that look like credentials: an AWS key, a private key, a signed token, a URL with a literal password. */
export const SECRET_VALUE =
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+|\b(gh[pousr]|github_pat|glpat|xox[abprs]|sk_live|rk_live)[-_][\w-]{16,}|:\/\/[^/\s:@]*:(?!\$[{(]|\$[A-Z_]+@)[^/\s:@]+@/;

interface Environment {
  /** Entropy, in bits per character, from which a long run of letters and digits counts as random. */
  readonly entropyBits: number;
  /** Regular expressions for names that hold no secret, even if they look like it. */
  readonly harmless: string[];
}

/** A rule about the environment of every container; `containersOf` reads the containers. */
export function containerEnvironment(
  containersOf: (
    subject: Subject,
    report: Report,
  ) => { label: string; definition: Readonly<Record<string, unknown>> }[],
): Rule {
  return resourceRule<Environment>({
    id: "ecs-task-no-env-secrets",
    description: "A container's environment holds no secret.",
    severity: "high",
    controls: { securityHub: ["ECS.8"], cdkNag: ["ECS2"], trivy: ["AWS-0036"] },
    remediation: "Move it to a parameter or a secret and name that in secrets[].valueFrom.",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8",
    defaults: { entropyBits: 4.2, harmless: [] },
    types: ["aws:ecs/taskDefinition:TaskDefinition"],
    check(subject, report, { entropyBits, harmless }) {
      for (const { label, definition } of containersOf(subject, report)) {
        const where = `environment of the container ${label}`;
        for (const variable of records(definition["environment"], where, report)) {
          const name = read(variable, "name");
          const value = read(variable, "value");
          const allowed = fits(String(name), harmless);
          if (allowed) {
            continue;
          }
          const isNamed = isSecretByName(String(name), value);
          if (name === UNKNOWN || (value === UNKNOWN && !isNamed)) {
            report.undecided(where);
          } else if (isNamed) {
            report.violation(
              `${where} has ${String(name)}, which is a secret by its name; use secrets.`,
            );
          } else if (typeof value === "string" && looksSecret(value, entropyBits)) {
            // Only the name: the message must not repeat a possible secret.
            report.violation(
              `${where} has ${String(name)}, whose value looks like a secret; use secrets.`,
            );
          }
        }
      }
    },
  });
}

/** Whether a text has the form of a credential, or a long run of random characters. */
export function looksSecret(value: string, entropyBits: number): boolean {
  return (
    SECRET_VALUE.test(value) ||
    (value.match(/[A-Za-z0-9+_]{24,}={0,2}/g) ?? []).some(
      (run) => /[A-Za-z]/.test(run) && /\d/.test(run) && entropy(run) >= entropyBits,
    )
  );
}

/** Shannon entropy of a text, in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}

/** The two logins that take turns: their passwords, and the input of the task that creates them. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import {
  DATABASE_TASK,
  DATABASE_TASK_PARAMETERS,
  LOGINS,
  scramVerifier,
} from "../../platform/database-logins";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";
import { createPassword } from "./database-login";

export interface LoginsArgs extends Pick<
  DatabaseConfig,
  "logins" | "masterUsername" | "passwordVersion"
> {
  /** Whether there is a task that creates the logins. */
  readonly task?: object;
  readonly secretsKey: { readonly arn: pulumi.Input<string> };
  readonly names: Names;
  readonly tags: Tags;
}

/** A login for URLs, with a number that changes when the user or the password changes. */
export interface Login {
  readonly user: string;
  readonly password: pulumi.Output<string>;
  readonly version: number;
}

/** Above every version of a password. */
const STEP = 1_000_000;

/**
 * Creates the passwords of both logins, and the parameters with their verifiers.
 *
 * @returns the login that is in the URLs
 */
export function createLogins(
  name: string,
  args: LoginsArgs,
  ownersPassword: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): Login {
  const { logins, task } = args;
  const owner = {
    user: args.masterUsername,
    password: ownersPassword,
    version: args.passwordVersion,
  };
  if (task === undefined) {
    return owner;
  }
  const passwords = {
    blue: createPassword(`${name}-blue`, logins.blueVersion, opts),
    green: createPassword(`${name}-green`, logins.greenVersion, opts),
  };
  for (const color of ["blue", "green"] as const) {
    const parameter = DATABASE_TASK_PARAMETERS[`${color === "blue" ? "BLUE" : "GREEN"}_VERIFIER`];
    new aws.ssm.Parameter(
      `${name}-${DATABASE_TASK}-${parameter}`,
      {
        name: args.names.parameter(DATABASE_TASK, parameter),
        description: `What PostgreSQL stores of the password of ${LOGINS[color]}`,
        type: "SecureString",
        keyId: args.secretsKey.arn,
        value: pulumi.secret(passwords[color].apply((password) => scramVerifier(password))),
        tags: args.tags,
      },
      opts,
    );
  }
  const { active } = logins;
  if (active === "owner") {
    return owner;
  }
  const version = active === "blue" ? logins.blueVersion : logins.greenVersion;
  return {
    user: LOGINS[active],
    password: passwords[active],
    version: (active === "blue" ? STEP : 2 * STEP) + version,
  };
}

/** The logins that take turns: their passwords, and the input of the task that creates them. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { entryOf } from "../../facts/entry-of";
import {
  type Color,
  DATABASE_TASK,
  DATABASE_TASK_PARAMETERS,
  loginOf,
  LOGINS,
  scramVerifier,
  verifierParameter,
} from "../../platform/database-logins";
import type { Names } from "../../platform/names";
import { mapped } from "../../platform/records";
import type { Tags } from "../../platform/tags";
import type { DatabaseConfig } from "../../schema/database";
import { createPassword } from "./database-login";

export interface LoginsArgs extends Pick<
  DatabaseConfig,
  "logins" | "masterUsername" | "passwordVersion" | "users"
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
 * Creates the passwords of all logins, and the parameters with their verifiers.
 *
 * @returns the login in the URL of a service or function
 */
export function createLogins(
  name: string,
  args: LoginsArgs,
  ownersPassword: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): (reader: string) => Login {
  const { logins, task, users } = args;
  const owner = {
    user: args.masterUsername,
    password: ownersPassword,
    version: args.passwordVersion,
  };
  if (task === undefined) {
    return () => owner;
  }
  const create = (color: Color, user?: string) => {
    const login = user === undefined ? LOGINS[color] : loginOf(user, color);
    const version = logins[`${color}Version`];
    const suffix = user === undefined ? color : `${user}-${color}`;
    const password = createPassword(`${name}-${suffix}`, version, opts);
    createVerifier(name, args, { login, color, user, password }, opts);
    const kinds = (user === undefined ? 1 : 3) + (color === "blue" ? 0 : 1);
    return { user: login, password, version: kinds * STEP + version };
  };
  const shared = { blue: create("blue"), green: create("green") };
  const own = mapped(users, (_, user) => ({
    blue: create("blue", user),
    green: create("green", user),
  }));
  return (reader) => {
    if (logins.active === "owner") return owner;
    const pair = entryOf(users, reader)?.active === true ? own[reader]! : shared;
    return pair[logins.active];
  };
}

interface VerifierArgs {
  readonly login: string;
  readonly color: Color;
  /** Service or function whose own login it is. @default none: it is shared */
  readonly user?: string;
  readonly password: pulumi.Output<string>;
}

function createVerifier(
  name: string,
  { secretsKey, names, tags }: LoginsArgs,
  { login, color, user, password }: VerifierArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const parameter =
    user === undefined
      ? DATABASE_TASK_PARAMETERS[`${color === "blue" ? "BLUE" : "GREEN"}_VERIFIER`]
      : verifierParameter(user, color);
  new aws.ssm.Parameter(
    `${name}-${DATABASE_TASK}-${parameter}`,
    {
      name: names.parameter(DATABASE_TASK, parameter),
      description: `What PostgreSQL stores of the password of ${login}`,
      type: "SecureString",
      keyId: secretsKey.arn,
      value: pulumi.secret(password.apply((secret) => scramVerifier(secret))),
      tags,
    },
    opts,
  );
}

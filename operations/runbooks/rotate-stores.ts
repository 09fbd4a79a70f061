/** New passwords and tokens for database and cache. */
import { minutesOf } from "../../analysis/recovery/steps";
import { endSessions, isLogin, LOGINS, sessionsOf } from "../../platform/database-logins";
import { act, check, ofAllPages, set, shell, up, wait } from "./commands";
import type { Named } from "./names";
import { minutesOfUpdate } from "./state-follows";
import type { Command, Step } from "./step";

/** What a stack has that is rotated. */
export interface Secrets extends Named {
  /** Parameters with the services' URL of the database, and the owner's. */
  readonly databaseUrl: string | undefined;
  readonly ownerUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** Whether CloudFront sends a header. */
  readonly header: boolean;
  /** The stack that stands in another region and asks for the same header. */
  readonly standby: string | undefined;
}

/** What a parameter was until its last change. */
function valueBefore(region: string, parameter: string): string {
  return ofAllPages(
    `aws ssm get-parameter-history --region ${region} --name ${parameter} --with-decryption --query "reverse(Parameters)[1].Value"`,
  );
}

/** The same in a file that only its owner can read. */
function oldValue(region: string, parameter: string): Command {
  return {
    ...shell("act", "The old value, from the parameter's history", valueBefore(region, parameter)),
    good: { says: "the value before the last one", holds: (printed) => printed !== "" },
    into: "old-value.txt",
    secret: true,
  };
}

export const FORGET: Command = act(
  "Delete the local files",
  "rm -f old-value.txt task.json run.json",
);

/** Runs the database task, as a file describes it, to its end. */
function runTask(
  { region, cluster, stack }: Named,
  why: string,
  file: string,
  fails: string,
): Command[] {
  return [
    act(
      why,
      `aws ecs run-task --region ${region} --cli-input-json file://${file} --query 'tasks[0].taskArn' --output text`,
      { keeps: ["task"] },
    ),
    wait(
      fails,
      `aws ecs describe-tasks --region ${region} --cluster ${cluster} --tasks <task> --query 'tasks[0].[lastStatus,containers[0].exitCode]' --output text`,
      { says: "STOPPED and 0", holds: (printed) => /^STOPPED\s+0$/.test(printed) },
      minutesOf(stack, "runTask"),
      { bad: /^STOPPED\s+(?!0$)/, redo: true },
    ),
  ];
}

/** The task's description, with a program and its variables in place of its own. */
function described(filter: string): Command {
  return {
    ...{ kind: "act", why: "Write the overrides of the task", into: "run.json" },
    argv: ["jq", "--rawfile", "old", "old-value.txt", filter, "task.json"],
  };
}

/** psql with the old URL: the task ends well where PostgreSQL refuses it. */
const REFUSED = `.overrides = {containerOverrides: [{name: "psql", command: ["psql \\"$OLD\\" -c 'SELECT 1' 2>&1 | grep 'password authentication failed'"], environment: [{name: "OLD", value: ($old | rtrimstr("\\n"))}]}]}`;

function refusedBy(secrets: Secrets, parameter: string): Step {
  return {
    id: `refused-${parameter.split("/").at(-2)!}`,
    title: "The old password is refused",
    says: "The task connects with the old URL. It exits with 0 if PostgreSQL refuses the password, and with 1 if PostgreSQL accepts it.",
    minutes: minutesOf(secrets.stack, "runTask"),
    commands: [
      oldValue(secrets.region, parameter),
      described(REFUSED),
      ...runTask(secrets, "Ask PostgreSQL", "run.json", "The old password is refused"),
      FORGET,
    ],
    undo: "Nothing was changed.",
  };
}

function task(stack: string): Command {
  return check(
    "The task that runs SQL is there",
    `pulumi stack output databaseTaskRun --stack ${stack}`,
    {
      into: "task.json",
      good: {
        says: "its JSON description, not a message that its image is missing",
        holds: (out) => out.startsWith("{"),
      },
    },
  );
}

const LOGIN_SETTINGS = "crm:database.logins";

/** Gives PostgreSQL the logins' passwords. */
function give(secrets: Secrets, why: string): Command[] {
  return runTask(secrets, why, "task.json", "PostgreSQL has the passwords of the stack");
}

/** The unused login gets a new password, and the URLs get the login. */
export function databaseSteps(secrets: Secrets): Step[] {
  const { stackName: stack } = secrets;
  return [
    {
      id: "idle",
      title: "A new password for the login that is not in the URLs",
      says: "Services do not restart; functions that read the URL do. At the first rotation the login's version is already 1: answer 1, and the update changes nothing.",
      minutes: minutesOf(secrets.stack, "runUpdate"),
      commands: [
        check(
          "Which login is in the URLs",
          `pulumi config get --path ${LOGIN_SETTINGS}.active --stack ${stack}`,
          {
            // Without the setting it is the owner.
            passes: /not found/,
          },
        ),
        set("Its version", stack, `${LOGIN_SETTINGS}.<idle>Version`, "<idle version>"),
        up("Update", stack),
      ],
      undo: "None is needed: nothing uses the new password yet.",
    },
    {
      id: "give",
      title: "Set it in PostgreSQL",
      says: "The task creates the role and the logins and sets both passwords; it can be repeated at any time.",
      minutes: minutesOf(secrets.stack, "runTask"),
      commands: [task(stack), ...give(secrets, "Run the task")],
      undo: "None is needed: both logins have the passwords that the stack has for them.",
    },
    {
      id: "switch",
      title: "Switch the URLs and the tasks",
      says: "Both logins are valid: no connection is refused, and after a rollback the old tasks can still sign in.",
      minutes: minutesOfUpdate(secrets.stack),
      commands: [
        set("The login of the URLs", stack, `${LOGIN_SETTINGS}.active`, "<idle>"),
        up("Update", stack),
      ],
      undo: `Set ${LOGIN_SETTINGS}.active back and update: the other login is valid as before.`,
    },
  ];
}

/** The login in the URL from before the switch. It is read by its name alone: the password stays in the pipe. */
function loginBefore(stack: string, region: string, parameter: string): Command {
  const names = Object.values(LOGINS);
  return {
    ...shell(
      "check",
      "Which login the URLs had before",
      `${valueBefore(region, parameter)} | sed -nE 's|^[a-z]+://([^:@/]*):.*|\\1|p'`,
    ),
    good: {
      says: `${names.join(" or ")}, or a login of the service's own; if it is the owner, run \`npm run rotate -- --stack ${stack} --case owner\` instead of these two steps`,
      holds: isLogin,
    },
  };
}

/** The login that was in the URLs until now goes out of use. The owner has no such step: the owner's password is rotated instead. */
export function retireSteps(secrets: Secrets, url: string): Step[] {
  const { stackName: stack, region } = secrets;
  return [
    {
      id: "retire",
      title: "Disable the other login with a new password",
      says: "No service has this password, so the login can no longer sign in. The update restarts the functions: none has the old URL when PostgreSQL gets the password.",
      minutes: minutesOf(secrets.stack, "runUpdate") + minutesOf(secrets.stack, "runTask"),
      commands: [
        loginBefore(stack, region, url),
        set("Its version", stack, `${LOGIN_SETTINGS}.<retired>Version`, "<retired version>"),
        up("Update", stack),
        { ...task(stack), kind: "prove" },
        ...give(secrets, "Run the task once more"),
      ],
      undo: "None is needed: services and functions use the active login.",
    },
    refusedBy(secrets, url),
  ];
}

export function ownerSteps(secrets: Secrets, url: string): Step[] {
  const { stackName: stack } = secrets;
  return [
    {
      id: "owner",
      title: "A new password for the owner",
      says: "The owner's password is for people and for the task. As long as `crm:database.logins.active` is `owner`, it is also the services': new connections fail between the change and the restart of a task or function, and a rollback within the update finds tasks with the old password.",
      minutes: minutesOfUpdate(secrets.stack),
      commands: [
        // The update may give the task a new revision: its description is read again afterwards.
        task(stack),
        set("Its version", stack, "crm:database.passwordVersion", "<password version>"),
        up("Update", stack),
        { ...task(stack), kind: "prove", why: "The task after the update" },
      ],
      undo: "Raise the version again: an old password cannot be restored.",
    },
    refusedBy(secrets, url),
  ];
}

function sql(statement: string): string {
  // A string of jq has the escapes of JSON.
  return `.overrides = {containerOverrides: [{name: "psql", environment: [{name: "SQL", value: ${JSON.stringify(statement)}}]}]}`;
}

/**
 * After the refusal: before it, an ended session would sign in again. Neither a new password nor NOLOGIN ends a session, and
 * every login may change its own password (PostgreSQL Documentation, "ALTER ROLE"; pg_terminate_backend in "System Administration
 * Functions"): so the login is closed before its sessions end, and what a session set until its end, the task sets again.
 */
export function sessionSteps(secrets: Secrets): Step[] {
  const tell = (filter: string): Command => ({
    ...{ kind: "act", why: "Write the overrides of the task", into: "run.json" },
    argv: ["jq", filter, "task.json"],
  });
  return [
    {
      id: "sessions",
      title: "End open sessions",
      says: "A session stays open when its password changes. The login cannot sign in from here until the next step: services use the other one.",
      minutes: minutesOf(secrets.stack, "runTask"),
      commands: [
        { ...task(secrets.stackName), kind: "prove" },
        tell(sql(endSessions("<signed in>"))),
        ...runTask(secrets, "End them", "run.json", "The sessions were ended"),
      ],
      undo: "None is needed: services reconnect automatically.",
    },
    {
      id: "give-again",
      title: "Set the logins' passwords again",
      says: "A session could change its login's password until it ended. The owner's password is RDS's: if the owner's leaked, run `--case owner` once more instead.",
      minutes: minutesOf(secrets.stack, "runTask"),
      commands: give(secrets, "Run the task"),
      undo: "None is needed: both logins have the passwords that the stack has for them.",
    },
    {
      id: "no-session",
      title: "No session of the old login is left",
      says: "If one is left, the task fails with a division by zero: start again at the step that ends sessions.",
      minutes: minutesOf(secrets.stack, "runTask"),
      commands: [
        tell(sql(`SELECT 1 / (count(*) = 0)::int ${sessionsOf("<signed in>")}`)),
        ...runTask(secrets, "Count them", "run.json", "No session of the old login is left"),
        FORGET,
      ],
      undo: "Nothing was changed.",
    },
  ];
}

/** The token in a URL, after a word. */
function tokenOf(word: string): string {
  return `sed -E 's|^rediss://:([^@]*)@.*|${word}\\1|'`;
}

const REDIS = "redis-cli --tls --insecure -h 127.0.0.1 -p 16379";

export function cacheSteps(secrets: Secrets, url: string): Step[] {
  const { stackName: stack, region } = secrets;
  return [
    {
      id: "rotate",
      title: "Both tokens valid, tasks on the new one",
      says: "ROTATE keeps the old token valid beside the new one.",
      minutes: minutesOfUpdate(secrets.stack),
      commands: [
        set("Keep the old one", stack, "crm:cache.tokenUpdateStrategy", "ROTATE"),
        set("Its version", stack, "crm:cache.tokenVersion", "<token version>"),
        up("Update", stack),
      ],
      undo: "The old token is valid as before.",
    },
    {
      id: "set",
      title: "The new one alone",
      says: "Nothing restarts. The strategy stays SET until the next rotation.",
      minutes: minutesOf(secrets.stack, "runUpdate"),
      commands: [
        set("Drop the old one", stack, "crm:cache.tokenUpdateStrategy", "SET"),
        up("Update", stack),
      ],
      undo: "Rotate again: an old token cannot be restored.",
    },
    {
      id: "refused-cache",
      title: "The old token is refused",
      says: "In another terminal, run `npm run tunnel -- core --to cache`. It needs `crm:services.core.exec` while it is open ([shell and tunnel](../operations.md#shell-and-tunnel)).",
      minutes: minutesOf(secrets.stack, "byHand"),
      commands: [
        oldValue(region, url),
        {
          ...shell(
            "prove",
            "The old token is refused",
            `${tokenOf("AUTH ")} old-value.txt | ${REDIS}`,
          ),
          good: { says: "WRONGPASS", holds: (printed) => printed.startsWith("WRONGPASS") },
        },
        FORGET,
      ],
      undo: "Nothing was changed.",
    },
  ];
}

export function clientsStep(url: string, { region, stack }: Named): Step {
  const token = `$(aws ssm get-parameter --region ${region} --name ${url} --with-decryption --query Parameter.Value --output text | ${tokenOf("")})`;
  return {
    id: "clients",
    title: "End open sessions",
    says: "A connection stays open when its token is removed. Run the command through the tunnel, once for each node; services reconnect. It prints the number of connections that it ended.",
    minutes: minutesOf(stack, "byHand"),
    commands: [
      shell(
        "act",
        "End them",
        `REDISCLI_AUTH="${token}" ${REDIS} CLIENT KILL TYPE normal SKIPME yes`,
      ),
    ],
    look: "the command ran on each node of the cache",
    undo: "None is needed: services reconnect automatically.",
  };
}

/** Commands that several runbooks have. Sources: AWS CLI Command Reference; Pulumi's `pulumi <command> --help`. */
import { text, value } from "../../analysis/recovery/resources";
import { minutesOf } from "../../analysis/recovery/steps";
import type { Named } from "./names";
import { words, type Command, type Good, type Question } from "./step";

/** A command that changes something. */
export function act(why: string, line: string, more: Partial<Command> = {}): Command {
  return { kind: "act", why, argv: words(line), ...more };
}

/** A look before anything is changed. */
export function check(why: string, line: string, more: Partial<Command> = {}): Command {
  return { kind: "check", why, argv: words(line), ...more };
}

/** What a shell runs, such as two programs with a pipe between them. */
export function shell(kind: Command["kind"], why: string, script: string): Command {
  return { kind, why, argv: ["sh", "-c", script] };
}

/**
 * A shell's command for a question to AWS about a whole list, with its words in one line. With `--output text` the CLI asks the query of
 * each page and prints an answer a page; with `json` it joins the pages first. Nothing is printed where nothing is found.
 * Source: aws-cli, awscli/formatter.py.
 */
export function ofAllPages(line: string): string {
  return `found=$(${line} --output json) || exit 1; printf %s "$found" | jq -r 'if type == "array" then @tsv else . // empty end'`;
}

/** A proof that the step worked. */
export function prove(why: string, line: string, more: Partial<Command> = {}): Command {
  return { kind: "prove", why, argv: words(line), ...more };
}

/** A wait until a command prints a word, or something else that is good. */
export function wait(
  why: string,
  line: string,
  expected: string | Good,
  minutes: number,
  more: Partial<Command> = {},
): Command {
  const good = typeof expected === "string" ? prints(expected) : expected;
  return { kind: "wait", why, argv: words(line), good, minutes, ...more };
}

/** That a command prints exactly this. */
export function prints(expected: string): Good {
  return { says: expected, holds: (printed) => printed === expected };
}

/** That a command prints something, and not "None" for what is not there. */
export function printsSomething(says: string): Good {
  return { says, holds: (printed) => printed !== "" && printed !== "None" };
}

/** The day, for a setting or a name that has it. */
export function today(): Command {
  return check("Today's date (UTC)", "date -u +%F", {
    keeps: ["today"],
    good: { says: "a day such as 2026-01-31", holds: (day) => /^\d{4}-\d\d-\d\d$/.test(day) },
  });
}

/** The person who is signed in works in the stack's account. */
export function signedIn({ account, region }: Named): Command {
  return check(
    "Who is signed in",
    `aws sts get-caller-identity --region ${region} --query Account --output text`,
    { good: { says: `${account}, the stack's account`, holds: (printed) => printed === account } },
  );
}

/** Pulumi's backend knows the stack. */
export function stateAnswers(stack: string): Command {
  return check(
    "Whether the state answers",
    `pulumi stack --stack ${stack} --show-name --non-interactive`,
    { good: { says: stack, holds: (printed) => printed === stack } },
  );
}

/** States that an instance does not leave without an action: RDS User Guide, "Viewing Amazon RDS DB instance status". */
const BROKEN =
  /^(failed|incompatible-[\w-]+|inaccessible-encryption-credentials|restore-error|storage-full|stopped)$/;

/** A question to RDS about one instance. */
export function describeInstance(
  region: string,
  identifier: string | undefined,
  query: string,
): string {
  return `aws rds describe-db-instances --region ${region} --db-instance-identifier ${identifier} --query 'DBInstances[0].${query}' --output text`;
}

/** A restore of an instance to a moment, by what says which instance, under a name; the options say when, and how it is made. */
export function restoreTo(
  region: string,
  source: string,
  target: string,
  options: string,
): Command {
  return act(
    "Restore",
    `aws rds restore-db-instance-to-point-in-time --region ${region} --source-db-instance-${source} --target-db-instance-identifier ${target} ${options} --query DBInstance.DBInstanceStatus --output text`,
    { already: /DBInstanceAlreadyExists/ },
  );
}

/** A wait for an instance; one whose name is not known yet comes. */
export function available(region: string, identifier: string, minutes: number): Command {
  const line = describeInstance(region, identifier, "DBInstanceStatus");
  return wait(`${identifier} is there`, line, "available", minutes, {
    bad: BROKEN,
    pending: /DBInstanceNotFound/,
  });
}

/** A wait until an instance is not there any more. */
export function gone(region: string, identifier: string, minutes: number): Command {
  return wait(
    "It is gone",
    `aws rds describe-db-instances --region ${region} --query 'length(DBInstances[?DBInstanceIdentifier==\`${identifier}\`])' --output json`,
    "0",
    minutes,
  );
}

/** A new name for an instance, and a wait until it is known. */
export function rename(region: string, from: string, to: string, minutes: number): Command[] {
  return [
    act(
      `${from} becomes ${to}`,
      `aws rds modify-db-instance --region ${region} --db-instance-identifier ${from} --new-db-instance-identifier ${to} --apply-immediately --query DBInstance.DBInstanceStatus --output text`,
      { already: /DBInstanceNotFound/ },
    ),
    available(region, to, minutes),
  ];
}

/** Subnets, firewall and parameters of an instance: a restored one gets the same. */
export function placeOf(region: string, identifier: string): Command {
  return check(
    "Read the settings for the new instance",
    describeInstance(
      region,
      identifier,
      "[DBSubnetGroup.DBSubnetGroupName,VpcSecurityGroups[0].VpcSecurityGroupId,DBParameterGroups[0].DBParameterGroupName]",
    ),
    {
      keeps: PLACE,
      good: { says: "three values: subnet group, security group, parameter group" },
    },
  );
}

/** What a person keeps of an instance, so that another one gets its place. */
export const PLACE = ["subnet group", "security group", "parameter group"] as const;

/** The options of a restore that put an instance where its predecessor was, made like it. */
export function placeOptions({ primary }: Named): string {
  const given = primary?.inputs ?? {};
  const flag = (on: unknown, name: string) => (on === true ? `--${name}` : `--no-${name}`);
  return [
    "--db-subnet-group-name <subnet group> --vpc-security-group-ids <security group> --db-parameter-group-name <parameter group>",
    flag(given["multiAz"], "multi-az"),
    flag(given["deletionProtection"], "deletion-protection"),
    flag(given["copyTagsToSnapshot"], "copy-tags-to-snapshot"),
    "--no-publicly-accessible",
  ].join(" ");
}

/** One instance more fits into the account. */
export function roomForInstance(region: string): Command {
  return check(
    "The quota allows another instance",
    `aws rds describe-account-attributes --region ${region} --query 'AccountQuotas[?AccountQuotaName==\`DBInstances\`].[Used,Max]' --output text`,
    {
      good: {
        says: "two numbers, used and quota, the first lower than the second",
        holds: (printed) => {
          const [used, most] = printed.split(/\s+/).map(Number);
          return used! < most!;
        },
      },
    },
  );
}

/** How many tasks of a service run. */
export function runningTasks(
  { region, cluster }: Pick<Named, "region" | "cluster">,
  service: string,
): string {
  return `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${service} --query 'services[0].runningCount' --output text`;
}

/** Stops a service: its number of tasks is brought into the new range at once. */
export function stopService({ region, cluster, stack }: Named, service: string): Command[] {
  return [
    act(
      `Stop ${service}`,
      `aws application-autoscaling register-scalable-target --region ${region} --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/${cluster}/${service} --min-capacity 0 --max-capacity 0`,
    ),
    wait(
      `${service} has no task`,
      runningTasks({ region, cluster }, service),
      "0",
      minutesOf(stack, "stopTasks"),
    ),
  ];
}

/**
 * Stops a function. In its peak hours it has environments ready, and Lambda takes no reserved concurrency below their number.
 * Once that is 0, the schedule can provide none. Source: AWS Lambda Developer Guide, "Configuring provisioned concurrency".
 */
export function stopFunction({ region, stack }: Named, name: string): Command[] {
  const of = `--region ${region} --function-name ${name}`;
  const script = [
    `arns=$(aws lambda list-provisioned-concurrency-configs ${of} --query "ProvisionedConcurrencyConfigs[].FunctionArn" --output text) || exit 1`,
    `for arn in $arns; do aws lambda delete-provisioned-concurrency-config ${of} --qualifier "\${arn##*:}" || exit 1; done`,
    `aws lambda put-function-concurrency ${of} --reserved-concurrent-executions 0 --query ReservedConcurrentExecutions --output text`,
  ].join("; ");
  return [
    {
      ...shell("act", `Stop ${name}`, script),
      good: prints("0"),
      // The environments take a moment to go.
      minutes: minutesOf(stack, "stopTasks"),
      pending: /InvalidParameterValue|ResourceConflict|ResourceNotFound/,
    },
    prove(
      `${name} is stopped`,
      `aws lambda get-function-concurrency --region ${region} --function-name ${name} --query ReservedConcurrentExecutions --output text`,
      { good: prints("0") },
    ),
  ];
}

/** Proofs that functions have what the plan reserves for them: one that was stopped has 0 until an update with --refresh. */
export function functionsRun({ region, stack, functions }: Named): Command[] {
  const planned = new Map(
    stack
      .ofType("aws:lambda/function:Function")
      .map((one) => [text(one, "name"), value(one, "reservedConcurrentExecutions")]),
  );
  return functions.map((name) => {
    const reserved = planned.get(name);
    return prove(
      `${name} can run`,
      `aws lambda get-function-concurrency --region ${region} --function-name ${name} --query ReservedConcurrentExecutions --output text`,
      { good: prints(typeof reserved === "number" ? String(reserved) : "None") },
    );
  });
}

/** What a person stops, if anything. */
export function stopQuestions({ services, functions }: Named): Record<string, Question> {
  return {
    "service name": oneOf("Which service destroys", services),
    "function name": oneOf("Which function destroys", functions),
  };
}

function oneOf(asks: string, names: readonly string[]): Question {
  const pattern = new RegExp(`^(${names.join("|")})$`);
  return { asks, pattern, expects: names.join(", "), optional: true };
}

/** A moment in UTC. */
export const MOMENT: Question = {
  asks: "The last good moment, in UTC",
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  expects: "2026-11-28T03:04:05Z or the like",
};

/**
 * A moment in UTC that is compared with those of S3's lists, as texts: "+00:00" sorts before "Z", so what has the same
 * second would be left out by a "Z" at the end.
 */
export const OF_S3: Omit<Question, "asks"> = {
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00)?$/,
  expects: "2026-11-28T03:04:05 or the like, as the list has it",
};

/** Deletes the objects or versions of a list, five hundred at a time. S3 answers 200 even where it deletes none of them. */
export function deleteObjects(
  why: string,
  region: string,
  bucket: string,
  file: string,
): Command[] {
  const errors = `aws s3api delete-objects --region ${region} --bucket ${bucket} --delete file://batch.json --query "Errors[].[Key,Message]" --output text`;
  const loop = `while read -r batch; do printf "%s" "$batch" > batch.json; errors=$(${errors}) || exit 1; case "$errors" in ""|None) ;; *) echo "$errors" >&2; exit 1;; esac; done < batches.jsonl`;
  return [
    act(
      "Split the list into batches of 500",
      `jq -c '. // [] | range(0; length; 500) as $from | {Objects: .[$from:$from+500], Quiet: true}' ${file}`,
      { into: "batches.jsonl" },
    ),
    shell("act", why, loop),
  ];
}

/** The newest automated backup of those that a filter leaves: one that was stopped is kept for its days, beside the new one. */
export function newestBackup(of: string): string {
  return `sort_by(DBInstanceAutomatedBackups[?${of}RestoreWindow.LatestTime], &RestoreWindow.LatestTime)[-1]`;
}

/** The platform answers its health check. */
export function healthy({ health }: Named, minutes: number): Command[] {
  return health === undefined
    ? []
    : [
        prove("The platform is healthy", `curl -fsS -o /dev/null -w '%{http_code}' ${health}`, {
          good: prints("200"),
          minutes,
          // Exit code 22: the answer is 400 or more; until tasks are back that is no end.
          pending: /curl: \((22|28|7)\)/,
        }),
      ];
}

/** Settings that more than one runbook changes. */
export const SERVING = "crm:recovery.serving";
export const SKIP_BACKUP = "crm:recovery.beforeDeployment.skipUntil";
export const MULTI_AZ = "crm:database.multiAz";
export const HOLD = "crm:edge.healthCheck.holdStandby";
export const RESTORED_FROM = "crm:database.restore.sourceDbInstanceAutomatedBackupsArn";

/** A setting of a stack file. One by one: a checkout of the file would also delete what was set before and is in no commit. */
export function set(why: string, stack: string, key: string, to: string): Command {
  return act(why, `pulumi config set --path ${key} ${to} --stack ${stack}`);
}

/** Removes a setting; one that is not there is no error. */
export function unset(why: string, stack: string, key: string): Command {
  return act(why, `pulumi config rm --path ${key} --stack ${stack}`);
}

/** A commit of the files of stacks, where something in them changed. */
export function commit(message: string, ...stacks: readonly string[]): Command {
  const files = stacks.map((stack) => `Pulumi.${stack}.yaml`).join(" ");
  const script = `git diff --quiet HEAD -- ${files} || git commit --quiet --message "${message}" ${files}`;
  return shell("act", "Commit the settings", script);
}

/** What a person confirms after such a commit: the pipeline, and the next update by hand, have what is on main. */
export const ON_MAIN = "the commit is on main, and no older run of the pipeline waits for approval";

/** An update that Pulumi itself shows and asks about. */
export function up(why: string, stack: string, options = ""): Command {
  return act(why, `pulumi up --stack ${stack}${options && ` ${options}`}`, { terminal: true });
}
